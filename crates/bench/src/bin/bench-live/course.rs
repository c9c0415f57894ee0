//! Which rows are run, each on the crowd it needs.

use std::path::{Path, PathBuf};

use load::trouble::Trouble;

use crate::args::{Args, Row};
use crate::report::Metric;
use crate::rows::Bench;
use crate::stand;

/// A row of ours that is not correct has no figure and fails the run; the others are run all the same.
struct Course<'a, 'b> {
    bench: &'a mut Bench<'b>,
    failed: Vec<String>,
}

impl<'b> Course<'_, 'b> {
    fn row(&mut self, row: Row, run: impl FnOnce(&mut Bench<'b>) -> Result<(), Trouble>) {
        if !self.bench.args.rows.contains(&row) {
            return;
        }
        let before = self.bench.report.clone();
        if let Err(trouble) = run(self.bench) {
            self.bench.report = before;
            self.bench.report.note(format!("the row {row} has no figure: {trouble}"));
            self.failed.push(row.to_string());
        }
    }

    fn wants(&self, rows: &[Row]) -> bool {
        rows.iter().any(|row| self.bench.args.rows.contains(row))
    }
}

pub fn run(bench: &mut Bench<'_>) -> Result<(), Trouble> {
    let (sizes, ground) = (bench.sizes, bench.ground);
    let mut course = Course { bench, failed: Vec::new() };
    let usual = (sizes.crowd as u32, sizes.channels, 2);
    if course.wants(&[Row::Idle, Row::Fanout, Row::Recovery, Row::Presence, Row::Asking, Row::Storm]) {
        let crowd = stand::crowd(ground, "usual", usual, &[])?;
        course.row(Row::Idle, |bench| bench.idle(&crowd));
        course.row(Row::Fanout, |bench| bench.fanout(&crowd));
        course.row(Row::Recovery, |bench| bench.recovery(&crowd));
        course.row(Row::Presence, |bench| bench.presence(&crowd));
        course.row(Row::Asking, |bench| bench.asking(&crowd));
        course.row(Row::Storm, |bench| bench.changed(&crowd, (Metric::ChangedBack, Metric::ChangedRate)));
    }
    if course.wants(&[Row::Storm]) {
        let (people, seats) = sizes.many_seats;
        let crowd = stand::crowd(ground, "many", (people, seats, seats), &[])?;
        course.row(Row::Storm, |bench| bench.changed(&crowd, (Metric::ManyBack, Metric::ManyRate)));
    }
    if course.wants(&[Row::Small]) {
        let crowd = stand::crowd(ground, "small", (usual.0, sizes.small_channels, 10), &["--zipf"])?;
        course.row(Row::Small, |bench| bench.small(&crowd));
    }
    if course.wants(&[Row::Team, Row::Soak]) {
        let people = sizes.team;
        let crowd = stand::crowd(ground, "team", (people, people / 10, 10), &["--directs"])?;
        course.row(Row::Team, |bench| bench.team(&crowd));
        course.row(Row::Soak, |bench| bench.soak(&crowd));
    }
    course.row(Row::Rooms, Bench::rooms);
    course.row(Row::Tail, Bench::tail);
    course.row(Row::Many, Bench::many);
    match course.failed.as_slice() {
        [] => Ok(()),
        rows => Err(Trouble::new(format!("no figure of {}", rows.join(", ")))),
    }
}

/// The one beside this program, unless another is named.
pub fn rookery(args: &Args) -> Result<PathBuf, Trouble> {
    if let Some(named) = &args.rookery {
        return Ok(named.clone());
    }
    let this = std::env::current_exe().map_err(Trouble::at("this program"))?;
    let beside = this.parent().unwrap_or(Path::new(".")).join("rookery");
    if beside.exists() {
        Ok(beside)
    } else {
        Err(Trouble::new("build rookery first, or name it with --rookery"))
    }
}
