//! Channels as a whole.

use serde_json::json;
use testkit::{Ground, Town, on_every_engine};

on_every_engine! {
    async fn a_channel_is_shown_to_who_may_see_it_and_not_found_by_strangers(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, general) = (town.token_of(town.team.owner).await, town.team.general);
        let path = town.path(&format!("/channels/{general}"));
        let shown = town.get(&ada, &path).await.ok();
        assert_eq!(shown["name"], "general");
        assert_eq!(shown["members"], 1);
        assert!(shown["epoch"].is_string() && shown["position"].is_u64(), "{shown}");

        let nobody = town.get("rk_none", &path).await;
        assert_eq!((nobody.status.as_u16(), nobody.code()), (401, "signed_out"));
        let nowhere = town.get(&ada, &town.path("/channels/C0000000000000000000000000")).await;
        assert_eq!((nowhere.status.as_u16(), nowhere.code()), (404, "not_found"));
        assert_eq!(nowhere.body["error"]["details"], json!({ "about": "channel" }));
    }
}
