use pg::{ArrayParam, Dsn, Param, PgError, Row, TlsMode};

use crate::support::{ask, connect, fly};

#[tokio::test]
async fn values_come_back_as_they_were_sent_nulls_included() {
    let mut connection = connect().await;
    let params = [
        Param::Int(Some(i64::MIN)),
        Param::Integer(Some(-7)),
        Param::Text(Some("Grüße, 🐦")),
        Param::Blob(Some(&[0, 255, 0])),
        Param::Int(None),
        Param::Integer(None),
        Param::Text(None),
        Param::Blob(None),
    ];
    let answers = connection.flight(&[ask("SELECT $1, $2, $3, $4, $5, $6, $7, $8", &params)]).await.unwrap();
    let row = answers[0].first().unwrap();
    assert_eq!(row.int(0).unwrap(), i64::MIN);
    assert_eq!(row.integer(1).unwrap(), -7);
    assert_eq!(row.int(1).unwrap(), -7);
    assert_eq!(row.text(2).unwrap(), "Grüße, 🐦");
    assert_eq!(row.blob(3).unwrap(), [0, 255, 0]);
    assert!((4..8).all(|column| row.is_null(column).unwrap()));
    assert_eq!(row.nullable(6, Row::text).unwrap(), None);
    assert_eq!(row.nullable(2, Row::text).unwrap(), Some("Grüße, 🐦"));
}

#[tokio::test]
async fn a_column_read_as_what_it_is_not_is_an_error_and_the_connection_lives() {
    let mut connection = connect().await;
    let answers =
        fly(&mut connection, &["SELECT 1::bigint << 40, 'x', NULL::text, 1.5, true"]).await.unwrap();
    let row = answers[0].first().unwrap();
    assert!(matches!(row.integer(0), Err(PgError::Misuse(_))));
    assert!(matches!(row.int(1), Err(PgError::Misuse(_))));
    assert!(matches!(row.blob(1), Err(PgError::Misuse(_))));
    assert!(matches!(row.text(2), Err(PgError::Misuse(_))));
    assert!(matches!(row.int(3), Err(PgError::Misuse(_))));
    assert!(matches!(row.text(5), Err(PgError::Misuse(_))));
    assert_eq!(row.int(4).unwrap(), 1);
    assert!(!connection.broken());
}

#[tokio::test]
async fn arrays_of_ten_thousand_travel_as_one_parameter_each() {
    let (mut ints, mut integers) = (ArrayParam::ints(), ArrayParam::integers());
    let (mut texts, mut blobs) = (ArrayParam::texts(), ArrayParam::blobs());
    for number in 0..10_000_i32 {
        if number % 1000 == 999 {
            for array in [&mut ints, &mut integers, &mut texts, &mut blobs] {
                array.push_null();
            }
            continue;
        }
        ints.push_int(i64::from(number) << 32);
        integers.push_integer(-number);
        texts.push_text(&format!("{{\"n\": {number}}}"));
        blobs.push_blob(&number.to_be_bytes());
    }
    let params = [Param::Array(&ints), Param::Array(&integers), Param::Array(&texts), Param::Array(&blobs)];
    let sql = "SELECT * FROM unnest($1, $2, $3, $4) WITH ORDINALITY ORDER BY 5";
    let answers = connect().await.flight(&[ask(sql, &params)]).await.unwrap();
    assert_eq!((answers[0].tag(), answers[0].affected()), ("SELECT 10000", Some(10_000)));
    for (number, row) in (0_i32..).zip(answers[0].rows()) {
        let is_null = number % 1000 == 999;
        assert_eq!(row.nullable(0, Row::int).unwrap(), (!is_null).then(|| i64::from(number) << 32));
        assert_eq!(row.nullable(1, Row::integer).unwrap(), (!is_null).then_some(-number));
        assert_eq!(
            row.nullable(2, Row::text).unwrap().map(str::to_owned),
            (!is_null).then(|| format!("{{\"n\": {number}}}"))
        );
        assert_eq!(row.nullable(3, Row::blob).unwrap(), (!is_null).then_some(&number.to_be_bytes()[..]));
    }
}

#[tokio::test]
async fn an_array_is_used_again_and_an_empty_one_is_empty() {
    let mut connection = connect().await;
    let mut names = ArrayParam::texts();
    for batch in [vec!["ada", "bob"], vec![], vec!["cleo"]] {
        names.clear();
        for name in &batch {
            names.push_text(name);
        }
        let answers = connection.flight(&[ask("SELECT unnest($1)", &[Param::Array(&names)])]).await.unwrap();
        let back: Vec<_> = answers[0].rows().map(|row| row.text(0).unwrap()).collect();
        assert_eq!(back, batch);
    }
}

#[tokio::test]
async fn an_array_of_two_types_is_refused_before_anything_is_written() {
    let mut connection = connect().await;
    let mut mixed = ArrayParam::ints();
    mixed.push_int(1);
    mixed.push_text("two");
    let params = [Param::Array(&mixed)];
    let refused = connection.flight(&[ask("SELECT 1", &[]), ask("SELECT unnest($1)", &params)]).await;
    assert!(matches!(refused, Err(PgError::Misuse(_))), "{refused:?}");
    let refused = fly(&mut connection, &["SELECT 1", "SELECT '\0'"]).await;
    assert!(matches!(refused, Err(PgError::Misuse(_))), "{refused:?}");
    assert_eq!(fly(&mut connection, &["SELECT 1"]).await.unwrap().len(), 1);
}

#[test]
fn an_address_is_read_in_both_spellings() {
    let url: Dsn = "postgres://ada:p%40ss@[::1]:6432/chat?sslmode=require".parse().unwrap();
    let words: Dsn =
        r"host=::1 port = 6432 user=ada password='p@ss' dbname=chat sslmode=require".parse().unwrap();
    assert_eq!(url, words);
    assert_eq!(words.password.as_deref(), Some("p@ss"));
    let short: Dsn = "postgresql://ada@db.example".parse().unwrap();
    assert_eq!((short.port, short.database.as_str(), &short.tls), (5432, "ada", &TlsMode::Prefer));
    let quoted: Dsn = r"host=h user=u password='it\'s a \\'".parse().unwrap();
    assert_eq!(quoted.password.as_deref(), Some(r"it's a \"));
}

#[test]
fn a_wrong_address_is_refused_with_words_and_no_address_shows_its_password() {
    let refusal = |text: &str| text.parse::<Dsn>().unwrap_err().to_string();
    for (text, words) in [
        ("user=ada", "`host` is missing"),
        ("host=h user=u color=red", "`color` is not known here"),
        ("host=h user=u port=eleven", "the port is not a number below 65536"),
        ("host=h user=u sslmode=verify-full", "needs sslrootcert"),
        ("host=h user=u sslmode=require sslrootcert=ca.pem", "sslmode=verify-full only"),
        ("host=h user=u password='secret", "a quote is not closed"),
        ("postgres://u:%zz@h", "two hex digits"),
        ("hello", "neither a postgres:// address nor key=value pairs"),
    ] {
        assert!(refusal(text).contains(words), "{text}: {}", refusal(text));
        assert!(!refusal(text).contains("secret"));
    }
    let dsn: Dsn = "postgres://ada:secret@h/chat".parse().unwrap();
    assert_eq!(dsn.to_string(), "postgres://ada:***@h:5432/chat");
    assert!(!format!("{dsn:?}").contains("secret"));
}
