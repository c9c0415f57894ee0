use pg::{ArrayParam, Connection, Param, Pool, PoolConfig, Status};

use crate::support::{PATIENCE, ask, pooler};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_clients_behind_a_transaction_pooler_each_get_their_own_answers() {
    let clients: Vec<_> = (0..50).map(|client| tokio::spawn(talk(client))).collect();
    for client in clients {
        client.await.expect("every answer was right");
    }
}

/// Statements of one text with other parameters, of other texts, in and outside of transactions.
async fn talk(client: i64) {
    let mut connection = Connection::connect(&pooler(), "wire tests", PATIENCE).await.unwrap();
    for round in 0..40 {
        let mut many = ArrayParam::ints();
        (0..round).for_each(|number| many.push_int(number + client));
        let name = format!("client {client}, round {round}");
        let (number, many, text) =
            ([Param::Int(Some(client))], [Param::Array(&many)], [Param::Text(Some(&name))]);
        let sql = format!("SELECT $1 + {round}");
        let mut flight = vec![
            ask("SELECT $1", &text),
            ask(&sql, &number),
            ask("SELECT n FROM unnest($1) AS n ORDER BY 1", &many),
            ask("SELECT $1", &number),
        ];
        if round % 2 == 0 {
            flight.insert(0, ask("BEGIN", &[]));
        }
        let answers = connection.flight(&flight).await.unwrap();
        let is_open = round % 2 == 0;
        let [first, second, third, fourth] = &answers[usize::from(is_open)..] else { panic!("four answers") };
        assert_eq!(first.first().unwrap().text(0).unwrap(), name);
        assert_eq!(second.first().unwrap().int(0).unwrap(), client + round);
        assert!(third.rows().map(|row| row.int(0).unwrap()).eq(client..client + round));
        assert_eq!(fourth.first().unwrap().int(0).unwrap(), client);
        if is_open {
            assert_eq!(connection.status(), Status::InTransaction);
            let answers = connection.flight(&[ask("SELECT $1", &text), ask("COMMIT", &[])]).await.unwrap();
            assert_eq!(answers[1].tag(), "COMMIT");
        }
        assert_eq!(connection.status(), Status::Idle);
    }
}

#[tokio::test]
async fn the_pool_works_in_front_of_the_pooler() {
    let pool =
        Pool::new(pooler(), PoolConfig { check_after: std::time::Duration::ZERO, ..PoolConfig::default() });
    for _ in 0..3 {
        let mut loan = pool.get().await.unwrap();
        assert_eq!(loan.flight(&[ask("SELECT 1", &[])]).await.unwrap()[0].tag(), "SELECT 1");
    }
    assert_eq!((pool.stats().opened, pool.stats().idle), (1, 1));
}
