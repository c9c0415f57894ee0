use domain::verbs::Delete;
use domain::{By, Key};
use store::{Done, NotDone};

use crate::{Address, Service};

impl Service {
    pub async fn delete(&self, by: By, key: Key, at: Address) -> Result<Done, NotDone> {
        let Address { channel, thread, number } = at;
        self.in_workspace(by, key, Delete { channel, thread, number }).await
    }
}
