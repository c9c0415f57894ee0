//! The people of a load, as `rookery load prepare` made them: who they are, where they sit, and what lets them in.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::random::Random;
use crate::swarm::dialect::Person;
use crate::zipf::{Picker, ZIPF_EXPONENT};

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Crowd {
    pub workspace: String,
    pub slug: String,
    /// The first is `general`, where everyone sits.
    pub channels: Vec<String>,
    /// Of the channels, those from here on are directs.
    pub directs_from: u32,
    pub people: Vec<Extra>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Extra {
    pub account: String,
    pub token: String,
    /// By place in the list of channels, in order; `general` is not named.
    pub seats: Vec<u32>,
}

/// How seats are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spread {
    /// Every channel as often as any other.
    Even,
    /// A few channels hold most people, most channels a few.
    Zipf,
}

/// The seats of each of so many people among so many channels, each in order and no channel twice. The same every time.
pub fn seats(people: u32, channels: u32, each: u32, spread: Spread) -> Vec<Vec<u32>> {
    let each = each.min(channels);
    let mut random = Random::seeded(u64::from(people) << 32 | u64::from(channels));
    let picker = Picker::zipf(channels as usize, ZIPF_EXPONENT);
    let sits = |person: u32| {
        let mut seats: Vec<u32> = match spread {
            Spread::Even => (0..each)
                .map(|nth| {
                    ((u64::from(person) * u64::from(each) + u64::from(nth)) % u64::from(channels)) as u32
                })
                .collect(),
            Spread::Zipf => {
                let mut seats = Vec::with_capacity(each as usize);
                // Who draws the same few again and again keeps those: a bound, not a promise.
                for _ in 0..each * 20 {
                    let drawn = picker.pick(&mut random) as u32;
                    if seats.len() < each as usize && !seats.contains(&drawn) {
                        seats.push(drawn);
                    }
                }
                seats
            }
        };
        seats.sort_unstable();
        seats
    };
    if each == 0 { vec![Vec::new(); people as usize] } else { (0..people).map(sits).collect() }
}

impl Crowd {
    pub fn read(file: &Path) -> io::Result<Self> {
        Ok(serde_json::from_slice(&fs::read(file)?)?)
    }

    /// An empty file that nobody else may read; one that is there is left alone.
    pub fn reserve(file: &Path) -> io::Result<()> {
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map(drop)
    }

    /// It opens the door as each of them, so nobody else may read it.
    pub fn write(&self, file: &Path) -> io::Result<()> {
        let mut options = fs::OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(file)?;
        file.write_all(&serde_json::to_vec(self)?)
    }
}

/// What a party of sockets reads: one line each.
pub fn write_people<'a>(people: impl Iterator<Item = &'a Person>, file: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(file)?;
    let mut file = io::BufWriter::new(file);
    for person in people {
        serde_json::to_writer(&mut file, person)?;
        file.write_all(b"\n")?;
    }
    file.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_seats_fill_every_channel_alike() {
        let seats = seats(300, 60, 4, Spread::Even);
        let mut counts = [0; 60];
        seats.iter().flatten().for_each(|&channel| counts[channel as usize] += 1);
        assert_eq!(counts, [20; 60]);
        assert!(seats.iter().all(|seats| seats.len() == 4 && seats.is_sorted()));
    }

    #[test]
    fn zipf_seats_are_each_somewhere_once_and_mostly_in_the_same_few() {
        let seats = seats(1_000, 1_000, 10, Spread::Zipf);
        let in_the_first = seats.iter().filter(|seats| seats.contains(&0)).count();
        assert!(seats.iter().all(|seats| seats.len() == 10 && seats.windows(2).all(|two| two[0] < two[1])));
        assert!(in_the_first > 500, "{in_the_first}");
    }

    #[test]
    fn nobody_sits_more_often_than_there_are_channels() {
        assert_eq!(seats(2, 3, 9, Spread::Even), [[0, 1, 2], [0, 1, 2]]);
        assert_eq!(seats(1, 0, 9, Spread::Even), [[0; 0]]);
    }

    #[test]
    fn the_file_is_read_by_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("crowd.json");
        Crowd { slug: "load-1".to_owned(), ..Crowd::default() }.write(&file).expect("written");
        assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600);
        assert_eq!(Crowd::read(&file).expect("read").slug, "load-1");
    }
}
