use domain::Code;
use domain::limits::{MESSAGE_BYTES_MAX, NAME_BYTES_MAX};
use domain::text::{Emoji, MessageText, Name, Slug, folded, mentions_in};

const ADA: &str = "U0000000000000000000000001";

fn check_mentions(text: &str, people: usize, all: Option<&str>) {
    let found = mentions_in(text).expect("few enough");
    assert_eq!((found.people.len(), found.all.as_deref()), (people, all), "{text}");
}

#[test]
fn a_text_calls_whom_it_names_outside_of_code() {
    check_mentions(&format!("hi <@{ADA}>, <@{ADA}>"), 1, None);
    check_mentions(&format!("`<@{ADA}>` and ```\n<!channel>\n``` <!here>"), 0, Some("here"));
    check_mentions(&format!("``a ` <@{ADA}>`` done"), 0, None);
    check_mentions(&format!("a lone ` tick <@{ADA}>"), 1, None);
    check_mentions(&format!("```\nnever closed <@{ADA}>"), 0, None);
    check_mentions("<!channel> <!here>", 0, Some("channel"));
    check_mentions("<@nobody> < <@", 0, None);
}

#[test]
fn an_address_is_plain_and_never_one_of_our_pages() {
    for wrong in ["", "-a", "a-", "A", "ä", "a b", "api", &"x".repeat(41)] {
        assert_eq!(Slug::new(wrong).unwrap_err().code, Code::Invalid, "{wrong}");
    }
    let of = |name| Slug::of(&Name::new(name).expect("a name")).as_str().to_owned();
    assert_eq!([of("Big Plans!"), of("API"), of("日本")], ["big-plans", "team-api", "team"]);
}

#[test]
fn a_text_that_cannot_be_kept_is_refused_with_words() {
    assert_eq!(MessageText::new("a\0b").unwrap_err().code, Code::Invalid);
    assert_eq!(MessageText::new(" \n").unwrap_err().code, Code::Invalid);
    assert_eq!(MessageText::new("x".repeat(MESSAGE_BYTES_MAX + 1)).unwrap_err().code, Code::TooLarge);
    assert!(MessageText::new("x".repeat(MESSAGE_BYTES_MAX)).is_ok());
    assert_eq!(
        MessageText::from_bytes(&[0xED, 0xA0, 0x80]).unwrap_err().code,
        Code::Invalid,
        "a lone surrogate"
    );
}

#[test]
fn a_name_is_what_is_seen_of_it() {
    for (name, kept) in [
        ("Ada", "Ada"),
        ("  Ada \u{A0} Lovelace\u{3000}", "Ada Lovelace"),
        ("Zoe\u{308}", "Zo\u{EB}"),
        ("Ада Лавлейс", "Ада Лавлейс"),
        ("علی\u{200C}رضا", "علی\u{200C}رضا"),
        ("क्\u{200D}ष", "क्\u{200D}ष"),
        ("plans ❤\u{FE0F} 👩\u{200D}💻", "plans ❤\u{FE0F} 👩\u{200D}💻"),
    ] {
        assert_eq!(Name::new(name).as_ref().map(Name::as_str), Ok(kept), "{name:?}");
    }
}

#[test]
fn what_is_not_seen_has_no_place_in_a_name() {
    for unseen in [
        "A\u{200B}da",
        "A\u{200D}da",
        "Ada\u{200D}",
        "\u{200C}علی",
        "A\u{AD}da",
        "Ada\u{FE0F}",
        "A\u{FE0E}",
        "\u{202E}adA",
        "\u{2066}Ada",
        "\u{200F}Ada",
        "A\u{61C}da",
        "\u{3164}",
        "\u{115F}Ada",
        "\u{2800}",
        "Ada\u{34F}",
        "Ada\u{E0041}",
        "Ada\u{E0100}",
        "A\u{2028}da",
        "A\nda",
        "A\u{0}",
        "\u{E000}",
        "\u{FFFF}",
        "\u{FEFF}Ada",
        "a\u{180E}b",
    ] {
        assert_eq!(Name::new(unseen).unwrap_err().about, Some("name"), "{unseen:?}");
    }
    for long in ["", " \u{A0}", &"x".repeat(NAME_BYTES_MAX + 1)] {
        assert!(Name::new(long).is_err(), "{long:?}");
    }
}

#[test]
fn names_that_look_alike_are_one_however_they_are_written() {
    for (one, other) in [
        ("General", "ｇｅｎｅｒａｌ"),
        ("office", "oﬃce"),
        ("Zo\u{EB}", "zoe\u{308}"),
        ("big  plans", "Big Plans"),
        ("❤", "❤\u{FE0F}"),
        ("علی\u{200C}رضا", "علیرضا"),
        ("STRAẞE", "straße"),
    ] {
        assert_eq!(folded(one), folded(other));
    }
    assert_eq!([folded("big "), folded("big"), folded(" ")], ["big ", "big", ""]);
    assert_eq!(folded(&folded("İ")), folded("İ"), "folded twice is folded once");
}

#[test]
fn an_emoji_is_one_however_it_is_put_together() {
    for emoji in [
        "👍",
        "👍🏽",
        "❤",
        "❤\u{FE0F}",
        "🇩🇪",
        "1\u{FE0F}\u{20E3}",
        "#\u{20E3}",
        "👩🏽\u{200D}🚀",
        "🫱🏻\u{200D}🫲🏿",
        "👨\u{200D}👩\u{200D}👧\u{200D}👦",
        "🏳\u{FE0F}\u{200D}🌈",
        "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
        "🏻",
        "©\u{FE0F}",
        "👁\u{FE0F}\u{200D}🗨\u{FE0F}",
        ":rook:",
        ":+1:",
        ":big_bird-2:",
    ] {
        assert_eq!(Emoji::new(emoji).as_ref().map(Emoji::as_str), Ok(emoji));
    }
}

#[test]
fn anything_else_is_no_emoji() {
    for wrong in [
        "",
        "a",
        "no",
        "1",
        "#",
        "👍👍",
        "👍 ",
        "👍a",
        "\u{200D}",
        "👍\u{200D}",
        "\u{200D}👍",
        "\u{FE0F}",
        "🇩",
        "🇩🇪🇫",
        "1\u{FE0F}",
        "❤\u{FE0E}",
        "🏴\u{E0067}\u{E0062}",
        "\u{E007F}",
        "::",
        ":Rook:",
        ":a b:",
        ":a",
        "a:",
        ":a:b:",
        "<script>",
        "\u{202E}",
        "\0",
        "ｱ",
        "👍\u{300}",
        &"👍\u{200D}".repeat(20),
        &format!(":{}:", "x".repeat(63)),
    ] {
        assert_eq!(Emoji::new(wrong).unwrap_err().about, Some("emoji"), "{wrong:?}");
    }
    assert!(Emoji::of_old("no").is_ok() && Emoji::of_old("").is_err() && Emoji::of_old("\0").is_err());
}
