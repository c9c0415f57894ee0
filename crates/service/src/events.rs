//! The journal read again, for who missed it while it was live.

use domain::{Event, Image, Position, WorkspaceId};
use reading::events::{self, Repair};
use store::{Freshness, NotDone, Seen};

use crate::Service;
use crate::reads::corrupt;

impl Service {
    /// The first events after a position, each with its rows as they are now: newer, maybe, than the event, never
    /// older. Positions are dense, so what was trimmed shows as a gap before the first.
    pub async fn events(
        &self,
        workspace: WorkspaceId,
        fresh: Freshness,
        after: Position,
        max: u32,
    ) -> Result<Seen<Vec<(Event, Image)>>, NotDone> {
        let seen = self.look(workspace, fresh, &[events::after(workspace, after, max)]).await?;
        let events = events::after_in(&seen.value[0]).map_err(corrupt)?;
        let mut repair = Repair::of(workspace, &events);
        let as_new = Freshness::AtLeast(seen.epoch, seen.position);
        loop {
            let queries = repair.queries();
            if queries.is_empty() {
                break;
            }
            let rows = self.look(workspace, as_new, &queries).await?;
            repair.learn(&queries, &rows.value).map_err(corrupt)?;
        }
        let with_image = |event: Event| {
            let image = repair.image(&event);
            (event, image)
        };
        let value = events.into_iter().map(with_image).collect();
        Ok(Seen { epoch: seen.epoch, position: seen.position, value })
    }
}
