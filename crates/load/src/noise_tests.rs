use super::*;

#[test]
fn the_machine_is_read_from_the_first_line() {
    let stat = "cpu  100 10 50 800 20 3 7 10 5 0\ncpu0 1 1 1 1 1 1 1 1 1 1\nintr 5\n";
    assert_eq!(Machine::read(stat), Some(Machine { total: 1_000, busy: 170, steal: 10, disk: 20 }));
    assert_eq!(Machine::read("nothing here"), None);
}

#[test]
fn a_process_is_read_whatever_its_name() {
    let stat = "4242 (a (odd) name) S 7 4242 4242 0 -1 4194560 1 2 3 4 100 20 3 1 20 0 1 0 99 1 1";
    assert_eq!(Process::read(stat), Some(Process { id: 4_242, parent: 7, ticks: 124 }));
    assert_eq!(Process::read("4242 (gone"), None);
}

#[test]
fn a_server_is_counted_with_all_that_descend_from_it() {
    let process = |id, parent, ticks| Process { id, parent, ticks };
    let processes =
        [process(1, 0, 1_000), process(10, 1, 5), process(11, 10, 7), process(12, 11, 9), process(20, 1, 50)];
    assert_eq!(tree_ticks(&processes, &[10]), 21);
    assert_eq!(tree_ticks(&processes, &[12, 20]), 59);
    assert_eq!(tree_ticks(&processes, &[99]), 0);
}

#[test]
fn what_is_neither_ours_nor_idle_is_other_load() {
    let noise = Noise::of(Machine { total: 1_000, busy: 700, steal: 20, ..Machine::default() }, 300, 200);
    assert_eq!(noise, Noise { own_seconds: 3.0, server_seconds: 2.0, steal_share: 0.02, other_share: 0.2 });
    assert_eq!(noise.to_string(), "own cpu 3.0s servers 2.0s steal 2.0% other load 20.0% (noisy)");
}

#[test]
fn a_quiet_machine_is_not_called_noisy() {
    assert!(
        !Noise::of(Machine { total: 1_000, busy: 500, steal: 50, ..Machine::default() }, 300, 160).is_loud()
    );
}

#[test]
fn this_machine_can_be_watched() {
    let noise = Watch::start(&[]).stop();
    assert!(noise.steal_share <= 1.0 && noise.other_share <= 1.0);
    assert!(Machine::now().total > 0);
}
