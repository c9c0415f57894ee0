//! The first time, and coming by a link.

use domain::{AccountId, By, Role, WorkspaceId};
use serde_json::{Value, json};
use testkit::town::id;
use testkit::{Ground, Street, Visitor, on_every_engine};

/// Ada, in her workspace.
fn ada_in(welcome: &Value) -> By {
    By::new(id(&welcome["workspace"]["id"]), id(&welcome["account"]["id"]))
}

on_every_engine! {
    async fn the_first_owner_sets_it_up_once_with_the_code_that_was_printed(ground: Ground) {
        let street = Street::on(&ground).await;
        let stranger = Visitor::default();
        let about = street.get(&stranger, "/about").await.ok();
        assert_eq!((&about["set_up"], &about["sign_in"]), (&json!(false), &json!(["password"])));
        assert_eq!(street.signs_in(&stranger, "ada@example.org", "correct horse").await.code(), "signed_out");
        assert_eq!(street.get(&Visitor::with_token(&json!("rk_0")), "/session").await.status, 401);

        let mut wrong = street.first_owner();
        wrong["code"] = json!("0000-0000-0000-0000");
        let told = street.post(&stranger, "/setup", wrong).await;
        assert_eq!((told.status.as_u16(), told.body["error"]["details"].clone()), (403, json!({ "right": "code" })));
        let mut short = street.first_owner();
        short["password"] = json!("1234567");
        let told = street.post(&stranger, "/setup", short).await;
        assert_eq!((told.status.as_u16(), told.code()), (422, "invalid"), "{}", told.body);
        assert_eq!(street.get(&stranger, "/about").await.ok()["set_up"], false);

        let mut mine = street.first_owner();
        mine["code"] = json!(street.node.service.set_up_code().to_lowercase().replace('-', " "));
        mine["channels"] = json!(["general", "Kitchen"]);
        let welcome = street.post(&stranger, "/setup", mine).await.ok();
        assert_eq!((&welcome["account"]["name"], &welcome["account"]["operator"]), (&json!("Ada"), &json!(true)));
        assert_eq!((&welcome["workspace"]["slug"], &welcome["workspace"]["role"]), (&json!("rooks"), &json!("owner")));
        assert_eq!(welcome["workspace"]["default_channels"].as_array().map(Vec::len), Some(2));
        assert!(welcome["epoch"].is_string() && welcome["position"].is_u64());
        let ada = Visitor::with_token(&welcome["token"]);
        assert_eq!(street.get(&ada, "/session").await.ok()["workspaces"][0]["slug"], "rooks");
        assert_eq!(street.get(&stranger, "/about").await.ok()["set_up"], true);

        let again = street.post(&stranger, "/setup", street.first_owner()).await;
        assert_eq!((again.status.as_u16(), again.code()), (409, "conflict"), "spent");
    }

    async fn the_code_has_eighty_bits_and_is_the_same_on_every_node(ground: Ground) {
        let street = Street::on(&ground).await;
        let code = street.node.service.set_up_code();
        assert_eq!(code.len(), 19, "{code}");
        assert_eq!(code.chars().filter(|c| *c != '-').count() * 5, 80);
        street.node.stop().await;
        assert_eq!(Street::on(&ground).await.node.service.set_up_code(), code);
    }

    async fn a_newcomer_sees_what_a_link_opens_makes_an_account_and_is_a_member(ground: Ground) {
        let (street, _, welcome) = Street::of_ada(&ground).await;
        let code = street.invites(ada_in(&welcome), Role::Member, None).await;
        let shown = street.get(&Visitor::default(), &format!("/invitations/{code}")).await.ok();
        assert_eq!((&shown["workspace"]["name"], &shown["by"], &shown["role"]), (&json!("Rooks"), &json!("Ada"), &json!("member")));
        let (bob, came) = street.bob(&code).await;
        assert_eq!(came["workspace"]["id"], welcome["workspace"]["id"]);
        assert_eq!(came["workspace"]["members"], 2);
        let home = street.get(&bob, "/session").await.ok();
        assert_eq!((&home["account"]["email"], &home["workspaces"][0]["role"]), (&json!("bob@example.org"), &json!("member")));
        // As a page does it: by cookie, and no token in sight.
        let body = json!({ "email": "cleo@example.org", "password": "battery staple", "name": "Cleo" });
        let page = street.post(&Visitor::page(), &format!("/invitations/{code}/accept"), body).await;
        assert_eq!(page.body["token"], Value::Null);
        assert_eq!(street.get(&Visitor::browser(&page), "/session").await.ok()["account"]["name"], "Cleo");
    }

    async fn an_address_that_has_an_account_signs_in_first_and_then_comes_with_it(ground: Ground) {
        let (street, ada, welcome) = Street::of_ada(&ground).await;
        let code = street.invites(ada_in(&welcome), Role::Member, None).await;
        let path = format!("/invitations/{code}/accept");
        let ada_again = json!({ "email": "Ada@Example.org", "password": "another one", "name": "Ada" });
        let told = street.post(&Visitor::default(), &path, ada_again).await;
        assert_eq!((told.status.as_u16(), told.code()), (409, "conflict"));
        assert!(told.body["error"]["message"].as_str().expect("words").contains("sign in first"));
        // Into another workspace of hers, where she is a member already: nothing happens, and she is told where.
        assert_eq!(street.post(&ada, &path, json!({})).await.ok()["workspace"]["slug"], "rooks");
        for (missing, body) in [
            ("email", json!({})),
            ("password", json!({ "email": "cleo@example.org" })),
            ("name", json!({ "email": "cleo@example.org", "password": "battery staple" })),
        ] {
            let told = street.post(&Visitor::default(), &path, body).await;
            assert_eq!(told.status, 422);
            assert!(told.body["error"]["details"][missing].is_string(), "{missing}: {}", told.body);
        }
    }

    async fn a_link_opens_nothing_once_its_maker_lost_the_right_it_was_used_up_or_it_never_was_one(ground: Ground) {
        let (street, _, welcome) = Street::of_ada(&ground).await;
        let ada = ada_in(&welcome);
        let (_, came) = street.bob(&street.invites(ada, Role::Admin, Some(1)).await).await;
        let bob = By::new(ada.workspace, id::<AccountId>(&came["account"]["id"]));
        let of_bob = street.invites(bob, Role::Admin, None).await;
        let once = street.invites(ada, Role::Member, Some(1)).await;
        let cleo = |email: &str| json!({ "email": email, "password": "battery staple", "name": "Cleo" });
        street.post(&Visitor::default(), &format!("/invitations/{once}/accept"), cleo("cleo@example.org")).await.ok();
        street.node.service.change_role(ada, street.node.new_key(), bob.account, Role::Member).await.expect("a member now");
        let elsewhere = format!("{}{}", WorkspaceId::new(street.node.new_key()), street.node.new_key());
        let of_the_installation = format!("{}{}", WorkspaceId::INSTALLATION, street.node.new_key());
        let mut told = Vec::new();
        for code in [&of_bob, &once, &elsewhere, &of_the_installation, "nonsense", &once[..51]] {
            let shown = street.get(&Visitor::default(), &format!("/invitations/{code}")).await;
            let path = format!("/invitations/{code}/accept");
            let accepted = street.post(&Visitor::default(), &path, cleo("dora@example.org")).await;
            for answer in [shown, accepted] {
                assert_eq!((answer.status.as_u16(), answer.code()), (404, "not_found"), "{code}");
                told.push(answer.body["error"]["message"].clone());
            }
        }
        assert!(told.iter().all(|words| *words == told[0]), "one cannot tell them apart: {told:?}");
        // Nothing was half done: the address is free.
        let code = street.invites(ada, Role::Member, None).await;
        street.post(&Visitor::default(), &format!("/invitations/{code}/accept"), cleo("dora@example.org")).await.ok();
    }

    async fn a_removed_member_does_not_come_back_by_a_link(ground: Ground) {
        let (street, _, welcome) = Street::of_ada(&ground).await;
        let ada = ada_in(&welcome);
        let code = street.invites(ada, Role::Member, None).await;
        let (bob, came) = street.bob(&code).await;
        let account = id(&came["account"]["id"]);
        street.node.service.remove_member(ada, street.node.new_key(), account, false).await.expect("removed");
        assert_eq!(street.get(&bob, "/session").await.ok()["workspaces"], json!([]));
        let told = street.post(&bob, &format!("/invitations/{code}/accept"), json!({})).await;
        assert_eq!((told.status.as_u16(), told.code()), (403, "not_allowed"), "{}", told.body);
    }

    async fn a_link_of_an_operator_opens_a_new_password_once_within_the_hour_and_ends_all_sessions(ground: Ground) {
        let (street, ada, welcome) = Street::of_ada(&ground).await;
        let service = &street.node.service;
        let account = id(&welcome["account"]["id"]);
        let code = service.make_link(account).await.expect("a link").text();
        let path = format!("/links/{code}");
        let stranger = Visitor::default();
        assert_eq!(street.get(&stranger, &path).await.ok()["account"]["email"], "ada@example.org");
        assert_eq!(street.get(&ada, "/session").await.status, 200, "looking changes nothing");
        assert_eq!(street.get(&Visitor::with_token(&json!(code)), "/session").await.status, 401, "it signs nobody in");
        let short = street.post(&stranger, &path, json!({ "password": "short" })).await;
        assert_eq!(short.code(), "invalid");
        street.post(&stranger, &path, json!({ "password": "a newer one" })).await.ok();
        assert_eq!(street.get(&ada, "/session").await.status, 401);
        assert_eq!(street.signs_in(&stranger, "ada@example.org", "correct horse").await.status, 401);
        street.signs_in(&stranger, "ada@example.org", "a newer one").await.ok();
        for answer in [
            street.get(&stranger, &path).await,
            street.post(&stranger, &path, json!({ "password": "once is enough" })).await,
            street.get(&stranger, "/links/nonsense").await,
        ] {
            assert_eq!((answer.status.as_u16(), answer.code()), (404, "not_found"));
        }
        let late = service.make_link(account).await.expect("a link").text();
        ground.clock.advance(domain::Stamp::HOUR + domain::Stamp::SECOND);
        assert_eq!(street.get(&stranger, &format!("/links/{late}")).await.status, 404);
        ground.clock.advance(-domain::Stamp::HOUR);
    }
}
