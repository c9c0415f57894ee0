//! The devices of one person, nearly always one: a list costs a tenth of what a table would, for each of thousands online.

use domain::Key;

use crate::presence::Face;

/// Node and device.
type Place = (Key, Key);

#[derive(Debug, Default)]
pub(crate) struct Devices(Vec<(Place, Face)>);

impl Devices {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What it was before.
    pub fn insert(&mut self, place: Place, face: Face) -> Option<Face> {
        if let Some((_, known)) = self.0.iter_mut().find(|(known, _)| *known == place) {
            return Some(std::mem::replace(known, face));
        }
        self.0.reserve_exact(1);
        self.0.push((place, face));
        None
    }

    pub fn remove(&mut self, place: &Place) -> Option<Face> {
        let at = self.0.iter().position(|(known, _)| known == place)?;
        Some(self.0.swap_remove(at).1)
    }

    pub fn retain(&mut self, mut stays: impl FnMut(&Place, &mut Face) -> bool) {
        self.0.retain_mut(|(place, face)| stays(place, face));
    }
}

impl<'a> IntoIterator for &'a Devices {
    type Item = &'a (Place, Face);
    type IntoIter = std::slice::Iter<'a, (Place, Face)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_has_one_face_however_often_it_is_told() {
        let place = |node: u8| (Key([node; 16]), Key([9; 16]));
        let mut devices = Devices::default();
        assert_eq!(devices.insert(place(1), Face::Here), None);
        assert_eq!(devices.insert(place(2), Face::Away), None);
        assert_eq!(devices.insert(place(1), Face::Away), Some(Face::Here));
        assert_eq!(devices.into_iter().count(), 2);
        assert_eq!(devices.remove(&place(1)), Some(Face::Away));
        assert_eq!(devices.remove(&place(1)), None);
        devices.retain(|(node, _), _| *node != Key([2; 16]));
        assert!(devices.is_empty());
    }
}
