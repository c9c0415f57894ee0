//! What a collector hears of requests, sockets and jobs; and what a build says that has nothing to tell one.

#[cfg(feature = "otlp")]
mod collector;
#[cfg(feature = "otlp")]
mod told;

#[cfg(not(feature = "otlp"))]
#[test]
fn a_build_that_traces_nothing_says_so_where_it_is_asked_to() {
    let home = tempfile::tempdir().expect("a folder");
    std::fs::write(home.path().join("rookery.toml"), "[traces]\nendpoint = \"http://127.0.0.1:4318\"\n")
        .expect("written");
    let told = crate::harness::run(home.path(), &["serve"]);
    assert_eq!(told.code(), 2);
    for word in ["traces.endpoint", "rookery.toml", "this build traces nothing", "--features otlp"] {
        assert!(told.complained().contains(word), "{word} is missing in: {}", told.complained());
    }
}
