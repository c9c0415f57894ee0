//! The OpenAPI document: served as it is kept, small to whoever reads that.

use std::io::Read as _;

use flate2::read::GzDecoder;
use testkit::{Ground, Town, on_every_engine};

const KEPT: &str = include_str!("../../../../docs/openapi.json");
const PATH: &str = "/api/v1/openapi.json";

on_every_engine! {
    async fn the_document_is_served_as_it_is_kept_in_either_form(ground: Ground) {
        let town = Town::on(&ground).await;
        let ada = town.token_of(town.team.owner).await;
        let plain = town.get(&ada, PATH).await;
        assert_eq!((plain.bytes.as_slice(), plain.headers.get("content-encoding")), (KEPT.as_bytes(), None));
        let small = town.with(&ada, PATH, ("accept-encoding", "br, gzip")).await;
        assert_eq!(small.headers["content-encoding"], "gzip");
        assert_eq!(small.headers["content-type"], "application/json");
        let mut whole = String::new();
        GzDecoder::new(small.bytes.as_slice()).read_to_string(&mut whole).expect("it reads");
        assert!(whole == KEPT && small.bytes.len() < KEPT.len() / 5, "{} bytes", small.bytes.len());
    }
}
