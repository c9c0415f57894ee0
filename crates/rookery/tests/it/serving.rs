//! Starting, answering and stopping.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::harness::{Server, get, rookery_by, run};

#[test]
fn it_prints_a_line_one_can_click_and_answers_there() {
    let home = tempdir().expect("a folder");
    let server = Server::start(home.path());
    assert!(server.line.starts_with("Rookery is ready: http://127.0.0.1:"), "{}", server.line);
    let health = server.get("/health");
    assert_eq!((health.status(), &health.json()["status"]), (200, &json!("ok")));
    assert_eq!(server.get("/health/live").status(), 200);
    assert_eq!(server.get("/health/ready").status(), 200);
}

#[test]
fn an_unknown_path_and_a_wrong_method_get_the_error_form() {
    let home = tempdir().expect("a folder");
    let server = Server::start(home.path());
    let nowhere = server.get("/api/nowhere");
    assert_eq!((nowhere.status(), &nowhere.json()["error"]["code"]), (404, &json!("not_found")));
    assert!(nowhere.json()["error"]["request_id"].is_string());
    let post = server
        .ask("POST /health HTTP/1.1\r\nHost: rookery\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    assert_eq!((post.status(), &post.json()["error"]["code"]), (405, &json!("method_not_allowed")));
}

#[test]
fn metrics_are_not_on_the_listener_people_use() {
    let home = tempdir().expect("a folder");
    let server = Server::start(home.path());
    assert_eq!(server.get("/metrics").status(), 404);
}

#[test]
fn a_program_reads_where_it_listens() {
    let home = tempdir().expect("a folder");
    let server = Server::start_with(home.path(), &["--json", "--public-url", "https://chat.example.org/"]);
    let line: Value = serde_json::from_str(&server.line).expect("JSON");
    assert_eq!(line["url"], "https://chat.example.org");
    let listen = line["listen"].as_str().expect("an address");
    TcpStream::connect(listen).expect("it listens there");
}

#[test]
fn it_takes_all_the_files_it_may_have_and_not_the_few_a_shell_begins_with() {
    let home = tempdir().expect("a folder");
    let begun = rookery_by(&["prlimit", "--nofile=512:2048", "--"], home.path());
    let server = Server::start_as(begun, &[]);
    let limits = fs::read_to_string(format!("/proc/{}/limits", server.process())).expect("its limits");
    let files = limits.lines().find_map(|line| line.strip_prefix("Max open files")).expect("a line of files");
    assert_eq!(files.split_whitespace().take(2).collect::<Vec<_>>(), ["2048", "2048"]);
}

#[test]
fn sigterm_stops_it_softly_and_the_exit_says_done() {
    for signal in ["TERM", "INT"] {
        let home = tempdir().expect("a folder");
        let server = Server::start(home.path());
        server.signal(signal);
        let (exit, log) = server.ended();
        assert_eq!(exit.code(), Some(0), "{log}");
        assert!(log.contains("everything under way was finished"), "{log}");
    }
}

#[test]
fn a_soft_stop_answers_who_was_asking_and_a_second_signal_does_not_wait_for_who_never_ends() {
    let home = tempdir().expect("a folder");
    let server = Server::start(home.path());
    let mut ada = half_a_question(&server);
    let _never_ends = half_a_question(&server);
    server.signal("TERM");
    while TcpStream::connect(server.address()).is_ok() {}
    ada.write_all(b"Connection: close\r\n\r\n").expect("written");
    let mut answer = String::new();
    ada.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    server.signal("TERM");
    let (exit, log) = server.ended();
    assert_eq!(exit.code(), Some(0), "{log}");
    assert!(log.contains("asked again") && log.contains("some were left behind"), "{log}");
}

/// A caller whose words so far were read: the kernel holds none of them back any more.
fn half_a_question(server: &Server) -> TcpStream {
    let mut caller = TcpStream::connect(server.address()).expect("a connection");
    caller.write_all(b"GET /health/live HTTP/1.1\r\nHost: rookery\r\n").expect("written");
    let port = |address: SocketAddr| format!(":{:04X}", address.port());
    let (mine, theirs) =
        (port(caller.local_addr().expect("mine")), port(caller.peer_addr().expect("theirs")));
    let accepted_and_read = |line: &str| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let (local, remote, queues, inode) = (fields[1], fields[2], fields[4], fields[9]);
        local.ends_with(&theirs) && remote.ends_with(&mine) && queues.ends_with(":00000000") && inode != "0"
    };
    while !fs::read_to_string("/proc/net/tcp").expect("Linux").lines().skip(1).any(accepted_and_read) {}
    caller
}

#[test]
fn a_second_server_on_the_same_data_is_refused_with_words_and_the_first_goes_on() {
    let home = tempdir().expect("a folder");
    let first = Server::start(home.path());
    let second =
        run(home.path(), &["serve", "--listen", "127.0.0.1:0", "--metrics", "off", "--data", "data"]);
    assert_eq!(second.code(), 3);
    let holder = format!("belongs to process {}", first.process());
    assert!(second.complained().contains(&holder), "{}", second.complained());
    assert_eq!(first.get("/health/live").status(), 200);
}

#[test]
fn a_killed_servers_data_is_free_again_at_once() {
    let home = tempdir().expect("a folder");
    drop(Server::start(home.path()));
    assert_eq!(Server::start(home.path()).get("/health").status(), 200);
}

#[test]
fn a_port_that_is_taken_is_refused_with_words() {
    let home = tempdir().expect("a folder");
    let other = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = other.local_addr().expect("an address").to_string();
    let refused = run(home.path(), &["serve", "--listen", &address, "--metrics", "off"]);
    assert_eq!(refused.code(), 3);
    assert!(refused.complained().contains(&format!("{address} is taken")), "{}", refused.complained());
}

#[test]
fn a_taken_metrics_port_is_only_a_warning() {
    let home = tempdir().expect("a folder");
    let other = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = other.local_addr().expect("an address").to_string();
    let server = Server::start_with(home.path(), &["--metrics", &address]);
    assert_eq!(server.get("/health").status(), 200);
    server.signal("TERM");
    let (_, log) = server.ended();
    assert!(log.contains("metrics cannot be read") && log.contains(&address), "{log}");
}

#[test]
fn metrics_and_the_reasons_of_health_are_read_on_the_operators_listener() {
    let home = tempdir().expect("a folder");
    let server = Server::start_with(home.path(), &["--json"]);
    let line: Value = serde_json::from_str(&server.line).expect("JSON");
    assert_eq!(get(line["listen"].as_str().expect("an address"), "/health/live").status(), 200);
    let operators = line["metrics"].as_str().expect("an address");
    assert_eq!(get(operators, "/health").json()["status"], "ok");
    let metrics = get(operators, "/metrics").0;
    for wanted in [
        r#"http_requests_total{method="GET",endpoint="/health/live",status="200"} 1"#,
        "rookery_build_info{",
        "process_resident_memory_bytes ",
        "process_open_fds ",
    ] {
        assert!(metrics.contains(wanted), "{wanted} is missing in:\n{metrics}");
    }
}

#[test]
fn a_log_for_programs_is_one_json_object_a_line() {
    let home = tempdir().expect("a folder");
    let server = Server::start_with(home.path(), &["--log", "json"]);
    server.signal("TERM");
    let (_, log) = server.ended();
    for line in log.lines() {
        let line: Value =
            serde_json::from_str(line).unwrap_or_else(|_| panic!("not a JSON line of log: {line}"));
        assert!(line["message"].is_string() && line["level"].is_string(), "{line}");
    }
}

/// nginx forgets every header that was set above a place which sets one itself.
#[test]
fn the_nginx_we_ship_says_of_a_socket_what_it_says_of_every_request() {
    let text = include_str!("../../../../deploy/nginx.conf");
    let set_in = |block: &str| -> std::collections::BTreeSet<String> {
        let lines = block.lines().filter_map(|line| line.trim().strip_prefix("proxy_set_header "));
        lines.filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
    };
    let (above, places) = text.split_once("        location ").expect("places");
    let everywhere = set_in(above);
    assert!(everywhere.contains("X-Forwarded-For") && everywhere.contains("traceparent"));
    for place in places.split("        location ") {
        let here = set_in(place);
        assert!(here.is_empty() || here.is_superset(&everywhere), "{place} lacks some of {everywhere:?}");
    }
}
