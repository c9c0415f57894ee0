//! How much one may say at once: little before one is known, and never less than the longest thing one may keep.

use api::asked::{BODY_BYTES_MAX, SLIP_BYTES_MAX};
use axum::body::Body;
use axum::http::Request;
use domain::limits::DRAFT_BYTES_MAX;
use serde_json::{Value, json};
use testkit::town::Answer;
use testkit::{Ground, Street, Town, Visitor, on_every_engine};

async fn puts(town: &Town, token: &str, path: &str, body: String) -> Answer {
    let request = Request::put(town.path(path))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json");
    town.ask(request.body(Body::from(body)).expect("a request")).await
}

on_every_engine! {
    async fn at_the_entrance_nobody_is_listened_to_for_long(ground: Ground) {
        let (street, _, _) = Street::of_ada(&ground).await;
        let nobody = Visitor::from("192.0.2.7");
        let fits = "x".repeat(SLIP_BYTES_MAX - 100);
        for _ in 0..2 {
            assert_eq!(street.signs_in(&nobody, "ada@example.org", &fits).await.code(), "signed_out");
        }
        let mut owner = street.first_owner();
        owner["purpose"] = Value::from("x".repeat(SLIP_BYTES_MAX));
        let long = json!({ "email": "a@example.org", "password": "x".repeat(SLIP_BYTES_MAX), "name": "A" });
        for (path, body) in
            [("/session", &long), ("/setup", &owner), ("/invitations/x/accept", &long), ("/links/x", &long)]
        {
            let told = street.post(&nobody, path, body.clone()).await;
            assert_eq!((told.status.as_u16(), told.code()), (413, "too_large"), "{path}");
        }
    }

    async fn the_longest_draft_is_kept_however_it_is_written_and_nothing_longer_is_read(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, general) = (town.token_of(town.team.owner).await, town.team.general);
        let draft = format!("/me/draft/{general}");
        // As it is kept it stands between two quotes.
        let escaped = "\\u0061".repeat(DRAFT_BYTES_MAX - 2);
        puts(&town, &ada, &draft, format!("{{\"value\":\"{escaped}\"}}")).await.ok();
        let padded = format!("{{\"value\":\"short\"{}}}", " ".repeat(BODY_BYTES_MAX));
        let told = puts(&town, &ada, &draft, padded).await;
        assert_eq!((told.status.as_u16(), told.code()), (413, "too_large"));
    }
}
