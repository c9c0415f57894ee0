//! Pictures of people and of workspaces.

use std::io::Cursor;

use domain::Role;
use image::{DynamicImage, ImageFormat, RgbImage};
use serde_json::{Value, json};
use testkit::{Ground, Town, on_every_engine};

const OWN: &str = "/members/me/picture";

fn photograph(format: ImageFormat) -> Vec<u8> {
    let pixel = |x: u32, y: u32| image::Rgb([(x * x) as u8, (y * 5) as u8, (x * y) as u8]);
    let mut bytes = Vec::new();
    let picture = DynamicImage::ImageRgb8(RgbImage::from_fn(400, 300, pixel));
    picture.write_to(&mut Cursor::new(&mut bytes), format).expect("encoded");
    bytes
}

fn media(format: ImageFormat) -> &'static str {
    format.to_mime_type()
}

on_every_engine! {
    async fn somebody_shows_a_face_and_members_see_it_drawn_anew(ground: Ground) {
        let town = Town::on(&ground).await;
        let [bob, cid] = [town.welcomes("Bob").await, town.welcomes("Cid").await];
        let [bob, cid] = [town.token_of(bob).await, town.token_of(cid).await];
        let mut digests = Vec::new();
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let sent = photograph(format);
            let set = town.uploads(&bob, &town.path(OWN), media(format), sent.clone()).await.ok();
            let digest = set["picture"].as_str().expect("a digest").to_owned();
            assert!(set["epoch"].is_string() && set["position"].is_u64(), "{set}");
            assert_eq!(town.get(&cid, &town.path("/members?prefix=bob")).await.ok()["items"][0]["picture"], json!(digest));
            let seen = town.get(&cid, &town.path(&format!("/pictures/{digest}"))).await;
            assert_eq!(seen.status.as_u16(), 200);
            assert_ne!(seen.bytes, sent, "never what was sent");
            let read = image::load_from_memory(&seen.bytes).expect("a picture");
            assert_eq!((read.width(), read.height()), (256, 256));
            let kind = seen.headers["content-type"].to_str().expect("a kind").to_owned();
            assert_eq!(image::guess_format(&seen.bytes).expect("a format").to_mime_type(), kind);
            digests.push(digest);
        }
        for gone in digests.iter().filter(|digest| **digest != digests[2]) {
            let earlier = town.get(&cid, &town.path(&format!("/pictures/{gone}"))).await;
            assert_eq!(earlier.status.as_u16(), 404, "what nobody shows any more is not kept");
        }
        let path = town.path(&format!("/pictures/{}", digests[2]));
        let seen = town.get(&cid, &path).await;
        let header = |name: &str| seen.headers[name].to_str().expect("a header").to_owned();
        assert_eq!(header("cache-control"), "private, max-age=31536000, immutable");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("etag"), format!("\"{}\"", digests[2]));
        let held = town.with(&cid, &path, ("if-none-match", &header("etag"))).await;
        assert_eq!((held.status.as_u16(), held.bytes.len()), (304, 0));
        town.send("DELETE", &bob, &town.path(OWN), json!({})).await.ok();
        assert!(town.get(&cid, &town.path("/members?prefix=bob")).await.ok()["items"][0].get("picture").is_none());
    }

    async fn the_same_picture_is_kept_once_and_under_the_same_key_set_once(ground: Ground) {
        let town = Town::on(&ground).await;
        let [bob, cid] = [town.welcomes("Bob").await, town.welcomes("Cid").await];
        let [bob, cid] = [town.token_of(bob).await, town.token_of(cid).await];
        let sent = photograph(ImageFormat::Png);
        let first = town.uploads(&bob, &town.path(OWN), "image/png", sent.clone()).await.ok();
        let again = town.uploads(&bob, &town.path(OWN), "image/png; q=1", sent.clone()).await.ok();
        assert_eq!(first, again, "nothing changed");
        let other = town.uploads(&cid, &town.path(OWN), "image/png", sent).await.ok();
        assert_eq!(first["picture"], other["picture"]);
        let kept = town.path(&format!("/pictures/{}", first["picture"].as_str().expect("a digest")));
        for (shows_no_longer, status) in [(&bob, 200), (&cid, 404)] {
            town.send("DELETE", shows_no_longer, &town.path(OWN), json!({})).await.ok();
            assert_eq!(town.get(&cid, &kept).await.status.as_u16(), status, "it goes with the last who shows it");
        }
    }

    async fn admins_give_the_workspace_a_picture_and_take_it_away(ground: Ground) {
        let town = Town::on(&ground).await;
        let ann = town.token_of(town.welcomes_as("Ann", Role::Admin).await).await;
        let bob = town.token_of(town.welcomes("Bob").await).await;
        let path = town.path("/picture");
        let refused = town.uploads(&bob, &path, "image/png", photograph(ImageFormat::Png)).await;
        assert_eq!((refused.status.as_u16(), &refused.body["error"]["details"]), (403, &json!({ "right": "admin" })));
        let set = town.uploads(&ann, &path, "image/png", photograph(ImageFormat::Png)).await.ok();
        for shown in [
            town.get(&bob, &town.path("")).await.ok(),
            town.get(&bob, "/api/v1/workspaces").await.ok()["items"][0].clone(),
        ] {
            assert_eq!(shown["picture"], set["picture"]);
        }
        assert_eq!(town.send("DELETE", &bob, &path, json!({})).await.status.as_u16(), 403);
        town.send("DELETE", &ann, &path, json!({})).await.ok();
        assert!(town.get(&bob, &town.path("")).await.ok().get("picture").is_none());
    }

    async fn what_is_no_picture_is_refused_with_words(ground: Ground) {
        let town = Town::on(&ground).await;
        let bob = town.token_of(town.welcomes("Bob").await).await;
        let whole = photograph(ImageFormat::Png);
        let mut bomb = whole.clone();
        bomb[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        for (media, bytes, status, code) in [
            ("image/png", Vec::new(), 422, "invalid"),
            ("image/png", b"GIF89a\x01\0\x01\0\x80\0\0".to_vec(), 422, "invalid"),
            ("image/png", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), 422, "invalid"),
            ("image/jpeg", b"<!doctype html><script>alert(1)</script>".to_vec(), 422, "invalid"),
            ("image/webp", whole[..whole.len() / 2].to_vec(), 422, "invalid"),
            ("image/png", bomb, 422, "invalid"),
            ("image/png", vec![7; 512 * 1024 + 1], 413, "too_large"),
            ("image/png", vec![7; 2 * 1024 * 1024], 413, "too_large"),
            ("image/gif", whole.clone(), 415, "unsupported_media_type"),
            ("text/html", whole.clone(), 415, "unsupported_media_type"),
        ] {
            let refused = town.uploads(&bob, &town.path(OWN), media, bytes).await;
            assert_eq!((refused.status.as_u16(), refused.code()), (status, code), "{media} {}", refused.body);
            assert!(refused.body["error"]["message"].as_str().is_some_and(|words| words.len() > 10));
        }
        assert!(town.get(&bob, &town.path("/members/me")).await.ok().get("picture").is_none());
    }

    async fn a_picture_is_found_by_members_of_its_workspace_alone(ground: Ground) {
        let town = Town::on(&ground).await;
        let bob = town.token_of(town.welcomes("Bob").await).await;
        let set = town.uploads(&bob, &town.path(OWN), "image/png", photograph(ImageFormat::Png)).await.ok();
        let digest = set["picture"].as_str().expect("a digest");
        let cleo = town.token_of(town.meets("Cleo").await).await;
        town.send("POST", &cleo, "/api/v1/workspaces", json!({ "name": "Crows" })).await.ok();
        for (token, path, status) in [
            (&cleo, town.path(&format!("/pictures/{digest}")), 404),
            (&cleo, format!("/api/v1/workspaces/crows/pictures/{digest}"), 404),
            (&bob, town.path(&format!("/pictures/{}", "0".repeat(64))), 404),
            (&bob, town.path("/pictures/x"), 404),
            (&bob, town.path(&format!("/pictures/{}", digest.to_uppercase())), 404),
            (&"rk_none".to_owned(), town.path(&format!("/pictures/{digest}")), 401),
        ] {
            let answer = town.get(token, &path).await;
            assert_eq!(answer.status.as_u16(), status, "{path}");
            assert_ne!(answer.body, Value::Null, "with words");
        }
        let stranger = town.uploads(&cleo, &town.path(OWN), "image/png", photograph(ImageFormat::Png)).await;
        assert_eq!(stranger.status.as_u16(), 404);
        town.node.service.archive_workspace(town.team.owner.by, town.node.new_key(), true).await.expect("archived");
        let late = town.uploads(&bob, &town.path(OWN), "image/png", photograph(ImageFormat::Jpeg)).await;
        assert_eq!((late.status.as_u16(), &late.body["error"]["details"]), (403, &json!({ "right": "archived" })));
    }
}
