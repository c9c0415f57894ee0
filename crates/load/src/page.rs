//! `docs/benchmarks.md`: each bench writes its own section anew and leaves the others alone.

use std::fs;
use std::io;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

const HEAD: &str = "# Benchmarks\n\nWritten by the benches themselves: `make bench` runs them all, `make bench-NAME` one. Rates are of the machine \
                    named below each heading, with generator and server on it: read them as ratios.\n";

/// Puts a section in the place of the one of that name, or behind the others.
pub fn write(page: &Path, name: &str, text: &str) -> io::Result<()> {
    let known = match fs::read_to_string(page) {
        Ok(known) => known,
        Err(error) if error.kind() == io::ErrorKind::NotFound => HEAD.to_owned(),
        Err(error) => return Err(error),
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let section = format!("## {name}\n\n{}, {}. Again: `make {name}`.\n\n{text}", date(now), machine());
    fs::write(page, placed(&known, name, &section))
}

fn placed(page: &str, name: &str, section: &str) -> String {
    let begins = format!("## {name}\n");
    let section = section.trim_end();
    let Some(from) = page.find(&begins) else { return format!("{}\n\n{section}\n", page.trim_end()) };
    let rest = page[from + begins.len()..].find("\n## ").map(|at| &page[from + begins.len() + at..]);
    format!("{}{section}\n{}", &page[..from], rest.unwrap_or_default())
}

/// What it ran on, as the kernel says.
pub fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpus = read("/proc/cpuinfo");
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let model = model.map_or("an unknown processor", |(_, name)| name.trim()).to_owned();
    let count = cpus.lines().filter(|line| line.starts_with("processor")).count();
    let memory = read("/proc/meminfo");
    let kilobytes = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:")?.trim().split(' ').next()?.parse().ok());
    let gigabytes = kilobytes.unwrap_or(0.0_f64) / 1024.0 / 1024.0;
    let kernel = read("/proc/sys/kernel/osrelease");
    format!("{count} × {model}, {gigabytes:.0} GB, Linux {}", kernel.trim())
}

/// `2026-11-26` of seconds since 1970, by counting days (civil calendar, era of 400 years).
fn date(seconds: u64) -> String {
    let days = seconds / 86_400 + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bench_writes_its_own_section_and_leaves_the_others() {
        let first = placed("# Benchmarks\n", "bench-a", "## bench-a\n\nold a\n");
        let both = placed(&first, "bench-b", "## bench-b\n\nb\n");
        let again = placed(&both, "bench-a", "## bench-a\n\nnew a\n");
        assert_eq!(again, "# Benchmarks\n\n## bench-a\n\nnew a\n\n## bench-b\n\nb\n");
        assert_eq!(placed(&again, "bench-b", "## bench-b\n\nb\n"), again);
    }

    #[test]
    fn days_have_their_names() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(951_782_400), "2000-02-29");
        assert_eq!(date(1_795_651_200), "2026-11-26");
    }
}
