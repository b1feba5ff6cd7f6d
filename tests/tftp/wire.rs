//! The server on the wire, packet by packet: what it sends, to whom, and what it keeps to itself.

use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use offhook::transport::tftp::Limits;

use crate::server::{Server, TEXT, content};

const OCTET: &str = "\0octet\0";

/// A phone that sends what it is told.
struct Phone {
    socket: UdpSocket,
    server: SocketAddr,
}

impl Phone {
    fn of(server: &Server) -> Self {
        let socket = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
        Self { socket, server: server.address }
    }

    fn send(&self, to: SocketAddr, bytes: &[u8]) {
        self.socket.send_to(bytes, to).unwrap();
    }

    /// Asks for a file: `name` and whatever follows it in the packet.
    fn ask(&self, rest: &str) {
        self.send(self.server, &[b"\0\x01", rest.as_bytes()].concat());
    }

    fn ack(&self, to: SocketAddr, block: u16) {
        self.send(to, &[&[0, 4][..], &block.to_be_bytes()].concat());
    }

    fn hear(&self) -> (Vec<u8>, SocketAddr) {
        self.try_hear().expect("an answer within three seconds")
    }

    fn try_hear(&self) -> Option<(Vec<u8>, SocketAddr)> {
        let mut bytes = [0; 2000];
        match self.socket.recv_from(&mut bytes) {
            Ok((length, from)) => Some((bytes[..length].to_vec(), from)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// Hears a DATA packet and returns its block, payload and sender.
    fn hear_data(&self) -> (u16, Vec<u8>, SocketAddr) {
        let (bytes, from) = self.hear();
        assert_eq!(bytes[..2], [0, 3], "not DATA: {bytes:?}");
        (u16::from_be_bytes([bytes[2], bytes[3]]), bytes[4..].to_vec(), from)
    }

    /// Hears an ERROR and returns its number.
    fn hear_error(&self) -> u16 {
        let (bytes, _) = self.hear();
        assert_eq!(bytes[..2], [0, 5], "not ERROR: {bytes:?}");
        u16::from_be_bytes([bytes[2], bytes[3]])
    }

    /// Fetches the rest of a file in lock-step.
    fn fetch(&self, block_size: usize) -> Vec<u8> {
        let mut file = Vec::new();
        loop {
            let (block, payload, from) = self.hear_data();
            file.extend_from_slice(&payload);
            self.ack(from, block);
            if payload.len() < block_size {
                return file;
            }
        }
    }
}

/// Waits for what another thread is about to do.
fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < Duration::from_secs(10), "{what}");
        std::thread::yield_now();
    }
}

#[test]
fn the_answer_comes_from_the_address_that_was_asked() {
    let server = Server::with(([0, 0, 0, 0], 0).into(), Limits::default());
    let mut phone = Phone::of(&server);
    phone.server = ([127, 0, 0, 2], server.address.port()).into();
    phone.ask(&format!("size-9{OCTET}"));
    let (_, payload, from) = phone.hear_data();
    assert_eq!((payload, from.ip()), (content(9), phone.server.ip()));
    phone.ask("none\0octet\0");
    let (_, from) = phone.hear();
    assert_eq!(from, phone.server, "refusals too");
}

#[test]
fn a_dual_stack_socket_serves_ipv4_and_ipv6() {
    let server = Server::with("[::]:0".parse().unwrap(), Limits::default());
    for client in ["127.0.0.1", "::1"] {
        let socket = UdpSocket::bind((client, 0)).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
        let phone = Phone {
            socket,
            server: (client.parse::<std::net::IpAddr>().unwrap(), server.address.port()).into(),
        };
        phone.ask(&format!("size-700{OCTET}"));
        assert_eq!(phone.fetch(512), content(700), "{client}");
        phone.ask("none\0octet\0");
        assert_eq!(phone.hear_error(), 1);
    }
}

#[test]
fn options_are_answered_and_unknown_ones_are_not() {
    let server = Server::start();
    let phone = Phone::of(&server);
    phone.ask(&format!("size-2000{OCTET}x-magic\0000\0tsize\x000\0blksize\x009000\0"));
    let (oack, transfer) = phone.hear();
    assert_eq!(oack, b"\0\x06tsize\x002000\0blksize\x001428\0");
    phone.ack(transfer, 0);
    assert_eq!(phone.fetch(1428), content(2000));
    phone.ask(&format!("size-600{OCTET}x-magic\x001\0blksize\x00huge\0"));
    assert_eq!(phone.fetch(512), content(600), "no OACK for nothing");
}

#[test]
fn netascii_gets_the_line_ends_of_the_network() {
    let server = Server::start();
    let phone = Phone::of(&server);
    phone.ask("text\0NetASCII\0");
    assert_eq!(phone.fetch(512), b"first\r\nsecond\r\0third\r\n");
    phone.ask("text\0octet\0");
    assert_eq!(phone.fetch(512), TEXT);
}

#[test]
fn an_address_that_never_answers_gets_four_packets_of_516_bytes_at_most() {
    let server = Server::start();
    let phones = ["", "blksize\x001428\0windowsize\x0016\0tsize\x000\0"].map(|options| {
        let phone = Phone::of(&server);
        phone.ask(&format!("size-70000{OCTET}{options}"));
        phone
    });
    for phone in &phones {
        let packets: Vec<_> = std::iter::from_fn(|| phone.try_hear()).map(|(bytes, _)| bytes.len()).collect();
        assert_eq!(packets.len(), 4, "{packets:?}");
        assert!(packets.iter().all(|&length| length <= 516), "{packets:?}");
    }
    until("both are given up", || server.counters.failed.get() == 2);
}

/// A forged source: whoever stands there never asked, and what is sent there on behalf of one packet is bounded.
#[test]
fn a_forger_gets_no_more_sent_by_asking_for_more_or_again() {
    let server = Server::start();
    let victim = Phone::of(&server);
    for _ in 0..100 {
        victim.ask(&format!(
            "size-70000{OCTET}blksize\x0065464\0windowsize\x0065535\0tsize\x000\0timeout\x0030\0"
        ));
    }
    let lone = Phone::of(&server);
    lone.ask(&format!("size-70000{OCTET}blksize\x0065464\0windowsize\x0065535\0"));
    for phone in [&victim, &lone] {
        let packets: Vec<_> = std::iter::from_fn(|| phone.try_hear()).map(|(bytes, _)| bytes.len()).collect();
        assert!((1..=4).contains(&packets.len()), "{packets:?}");
        assert!(packets.iter().all(|&length| length <= 516), "{packets:?}");
    }
}

#[test]
fn a_lost_packet_is_sent_again_long_before_a_second() {
    let server = Server::start();
    let phone = Phone::of(&server);
    phone.ask(&format!("size-70000{OCTET}"));
    let (_, _, transfer) = phone.hear_data();
    let asked = Instant::now();
    phone.ack(transfer, 1);
    assert_eq!((phone.hear_data().0, phone.hear_data().0), (2, 2));
    assert!(asked.elapsed() < Duration::from_millis(400), "{:?}", asked.elapsed());
}

#[test]
fn duplicate_acks_bring_no_duplicate_data() {
    let server = Server::start();
    let phone = Phone::of(&server);
    phone.ask(&format!("size-5000{OCTET}"));
    let (first, _, transfer) = phone.hear_data();
    assert_eq!(first, 1);
    for block in 1..=5 {
        for _ in 0..3 {
            phone.ack(transfer, block);
        }
    }
    // Three times five ACKs, among them five that go on: five DATA packets and no more.
    assert_eq!([(); 5].map(|()| phone.hear_data().0), [2, 3, 4, 5, 6]);
    phone.ack(transfer, 6);
    assert_eq!(phone.hear_data().0, 7, "nothing else was waiting");
}

#[test]
fn a_gap_in_a_window_is_filled_from_its_first_block() {
    let server = Server::start();
    let phone = Phone::of(&server);
    phone.ask(&format!("size-20000{OCTET}windowsize\x004\0"));
    let (_, transfer) = phone.hear();
    phone.ack(transfer, 0);
    assert_eq!([(); 4].map(|()| phone.hear_data().0), [1, 2, 3, 4]);
    phone.ack(transfer, 2);
    assert_eq!([(); 4].map(|()| phone.hear_data().0), [3, 4, 5, 6]);
}

#[test]
fn a_packet_from_a_wrong_port_gets_error_5_and_disturbs_nothing() {
    let server = Server::start();
    let (phone, stranger) = (Phone::of(&server), Phone::of(&server));
    phone.ask(&format!("size-1000{OCTET}"));
    let (block, payload, transfer) = phone.hear_data();
    stranger.ack(transfer, 1);
    assert_eq!(stranger.hear_error(), 5);
    stranger.send(transfer, b"\0\x05\0\0stop\0");
    stranger.ack(transfer, 2);
    assert_eq!(stranger.hear_error(), 5);
    phone.ack(transfer, block);
    assert_eq!([payload, phone.fetch(512)].concat(), content(1000));
    stranger.ack(server.address, 1);
    let (bytes, from) = stranger.hear();
    assert_eq!((&bytes[..4], from), (&[0, 5, 0, 5][..], server.address), "and the ERROR was not answered");
}

#[test]
fn after_an_abort_the_same_port_is_served_again_at_once() {
    let server = Server::start();
    let phone = Phone::of(&server);
    let probe = format!("size-700{OCTET}tsize\x000\0");
    for request in [&probe, &format!("size-700{OCTET}"), &probe, &probe] {
        phone.ask(&probe);
        let (oack, transfer) = phone.hear();
        assert_eq!(oack, b"\0\x06tsize\x00700\0");
        phone.send(transfer, b"\0\x05\0\x08no\0");
        let asked = Instant::now();
        phone.ask(request);
        if *request == probe {
            let (_, transfer) = phone.hear();
            phone.ack(transfer, 0);
        }
        assert_eq!(phone.fetch(512), content(700));
        assert!(asked.elapsed() < Duration::from_millis(200), "{:?}", asked.elapsed());
    }
}

#[test]
fn one_port_can_read_the_same_file_many_times_in_a_row() {
    let server = Server::start();
    let phone = Phone::of(&server);
    let began = Instant::now();
    for _ in 0..300 {
        phone.ask(&format!("size-600{OCTET}"));
        assert_eq!(phone.fetch(512), content(600));
    }
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}: none waited for a repetition", began.elapsed());
    until("all are over", || server.counters.finished.get() >= 300);
}

#[test]
fn a_repeated_request_starts_no_second_transfer_and_another_one_supersedes() {
    let server = Server::start();
    let phone = Phone::of(&server);
    let request = format!("size-2000{OCTET}");
    phone.ask(&request);
    let (_, _, first) = phone.hear_data();
    phone.ask(&request);
    phone.ask(&request);
    phone.ack(first, 1);
    let (block, _, from) = phone.hear_data();
    assert_eq!((block, from), (2, first));
    phone.ask(&format!("size-1999{OCTET}"));
    // Blocks of the first may still be on the way; what comes from another port is the second.
    let (block, payload, second) =
        std::iter::repeat_with(|| phone.hear_data()).find(|(_, _, from)| *from != first).unwrap();
    assert_eq!(block, 1);
    phone.ack(second, 1);
    assert_eq!([payload, phone.fetch(512)].concat(), content(1999));
    assert_eq!(server.counters.started.get(), 2);
}

#[test]
fn a_phone_that_was_switched_off_and_asks_the_same_again_is_served() {
    let server = Server::start();
    let phone = Phone::of(&server);
    let request = format!("size-2000{OCTET}");
    phone.ask(&request);
    let (_, _, first) = phone.hear_data();
    phone.ack(first, 1);
    assert_eq!(phone.hear_data().0, 2);
    let asked = Instant::now();
    phone.ask(&request);
    let (_, _, second) =
        std::iter::repeat_with(|| phone.hear_data()).find(|(block, _, _)| *block == 1).unwrap();
    assert_ne!(second, first);
    assert!(asked.elapsed() < Duration::from_millis(500), "{:?}", asked.elapsed());
}

#[test]
fn refusals_say_what_their_kind_allows() {
    let server = Server::start();
    let phone = Phone::of(&server);
    phone.ask("none\0octet\0");
    assert_eq!(phone.hear_error(), 1);
    phone.ask("undecidable\0octet\0");
    assert_eq!(phone.hear_error(), 0);
    phone.send(server.address, b"\0\x02boot.log\0octet\0");
    assert_eq!(phone.hear_error(), 2);
    let refused = server.counters.refused.get();
    phone.ask("busy\0octet\0");
    until("the third is refused", || server.counters.refused.get() > refused);
    phone.ask("none\0octet\0");
    assert_eq!(phone.hear_error(), 1, "busy was not answered");
}

#[test]
fn malformed_packets_do_no_harm() {
    let server = Server::start();
    let phone = Phone::of(&server);
    let long_name = "a".repeat(1021);
    for rest in ["", "\0", "name", "name\0", "name\0mail\0", "\0octet\0", long_name.as_str()] {
        phone.ask(rest);
        assert_eq!(phone.hear_error(), 4, "{rest:?}");
    }
    phone.send(server.address, &[0; 9000]);
    assert_eq!(phone.hear_error(), 4);
    for silent in [&b""[..], b"\0", b"\0\x05", b"\0\x04\0", b"\0\x05\0\0x\0"] {
        phone.send(server.address, silent);
    }
    phone.send(server.address, b"\0\x01size-600\0octet");
    assert_eq!(phone.fetch(512), content(600), "a missing last NUL is forgiven, and the server still serves");
}

#[test]
fn of_256_phones_that_ask_at_once_none_waits() {
    let server = Server::start();
    let phones: Vec<_> = (0..256).map(|_| Phone::of(&server)).collect();
    let began = Instant::now();
    for phone in &phones {
        phone.ask(&format!("size-600{OCTET}"));
    }
    for phone in &phones {
        assert_eq!(phone.fetch(512), content(600));
    }
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert_eq!(server.counters.refused.get(), 0);
}

#[test]
fn requests_past_the_cap_wait_for_room_in_silence() {
    let limits = Limits { transfers_per_address: 2, ..Limits::default() };
    let server = Server::with(([127, 0, 0, 1], 0).into(), limits);
    let (one, two, three) = (Phone::of(&server), Phone::of(&server), Phone::of(&server));
    let request = format!("size-600{OCTET}");
    one.ask(&request);
    let (_, _, first) = one.hear_data();
    two.ask(&request);
    two.hear_data();
    three.ask(&request);
    until("the third is turned away", || server.counters.refused.get() == 1);
    one.ack(first, 1);
    one.hear_data();
    one.ack(first, 2);
    until("the first is over", || server.counters.finished.get() == 1);
    until("there is room", || {
        three.ask(&request);
        three.socket.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        three.try_hear().is_some()
    });
}

#[test]
fn a_stopped_server_takes_no_request_and_finishes_what_it_began() {
    let server = Server::start();
    let (old, new) = (Phone::of(&server), Phone::of(&server));
    old.ask(&format!("size-3000{OCTET}"));
    let (_, payload, transfer) = old.hear_data();
    let counters = server.counters.clone();
    server.drain(|| {
        new.ask(&format!("size-1{OCTET}"));
        old.ack(transfer, 1);
        assert_eq!([payload, old.fetch(512)].concat(), content(3000));
    });
    assert_eq!((counters.started.get(), counters.finished.get()), (1, 1));
}
