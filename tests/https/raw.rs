//! What phones and strangers put on a bare socket.

use std::fmt::Write;

use offhook::net::limits::Limits;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::bed::Bed;
use crate::tools::{exchange, read_all, read_answer};

#[tokio::test(flavor = "multi_thread")]
async fn odd_requests_get_the_document() {
    let bed = Bed::plain(Limits::default()).await;
    for request in [
        &b"GET /doc.cfg HTTP/1.1\r\n\r\n"[..],
        b"GET /doc.cfg HTTP/1.0\r\n\r\n",
        b"GET /doc.cfg HTTP/1.1\nHost: h\n\n",
        b"\r\n\r\nGET /doc.cfg HTTP/1.1\r\n\r\n",
        b"GET http://other:1/doc.cfg HTTP/1.1\r\nHost: h\r\n\r\n",
        b"GET /doc.cfg?mac=001565aabbcc HTTP/1.1\r\nHost:\r\n\r\n",
        b"GET /%64oc.cfg HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n",
        b"GET /doc.cfg HTTP/1.1\r\ncOnTeNt-LeNgTh: 0\r\n\r\n",
        b"GET /doc.cfg HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
    ] {
        let answer = exchange(bed.address, request).await;
        let shown = String::from_utf8_lossy(request);
        assert!(answer.contains(" 200 OK\r\n") && answer.ends_with("#end\n"), "{shown}: {answer:.100}");
    }
    bed.drained().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_path_reaches_the_handler_as_it_was_meant() {
    let bed = Bed::plain(Limits::default()).await;
    for (path, meant) in [
        ("//001565aabbcc.cfg", "//001565aabbcc.cfg"),
        ("/{MAC}.cfg", "/{MAC}.cfg"),
        ("/%7BMAC%7D.cfg", "/{MAC}.cfg"),
        ("/a\\b.cfg", "/a\\b.cfg"),
        ("/$MA.xml", "/$MA.xml"),
        ("/a%20b|c", "/a b|c"),
        ("/é", "/é"),
        ("/../../etc/passwd", "/../../etc/passwd"),
        ("/x#y", "/x"),
    ] {
        exchange(bed.address, format!("GET {path} HTTP/1.1\r\n\r\n").as_bytes()).await;
        assert_eq!(bed.last_asked().path, meant);
    }
    let long = format!("/{}", "p".repeat(8191));
    let answer = exchange(bed.address, format!("GET {long} HTTP/1.1\r\n\r\n").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    assert_eq!(bed.last_asked().path, long);
    bed.drained().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_agent_may_hold_any_byte_but_nul() {
    let bed = Bed::plain(Limits::default()).await;
    let request = b"GET /doc.cfg HTTP/1.1\r\nUser-Agent: AVAYA/SIP12x0\x17/04.00.04.00 \xe9\xff\x7f\r\n\r\n";
    let answer = exchange(bed.address, request).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer:.200}");
    assert_eq!(bed.last_asked().user_agent.as_deref(), Some("AVAYA/SIP12x0¿/04.00.04.00 éÿ¿"));
    bed.drained().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_masked_byte_hides_no_second_request() {
    let bed = Bed::plain(Limits::default()).await;
    for header in ["Content-Length: 5\x01", "Transfer-Encoding: \x0bchunked", "Content\x01-Length: 5"] {
        let request = format!("GET /doc.cfg HTTP/1.1\r\n{header}\r\n\r\nGET /hidden HTTP/1.1\r\n\r\n");
        let answer = exchange(bed.address, request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{header:?}: {answer:.100}");
    }
    // nor does the body of a request that may not have one
    let request = b"GET /doc.cfg HTTP/1.1\r\nContent-Length: 25\r\n\r\nGET /hidden HTTP/1.1\r\n\r\n.";
    let answer = exchange(bed.address, request).await;
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1);
    assert!(answer.contains("\r\nConnection: close\r\n"), "{answer:.200}");
    assert_eq!(bed.files.asked.lock().unwrap().len(), 1);
    bed.drained().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_http_is_closed_without_reaching_the_handler() {
    let bed = Bed::plain(Limits::default()).await;
    for request in [
        &b"GET /a\0b HTTP/1.1\r\n\r\n"[..],
        b"GET /doc.cfg HTTP/1.1\r\nUser-Agent: a\0b\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\n\r\n",
        b"GET /a b HTTP/1.1\r\n\r\n",
        b"GET /<MAC>.cfg HTTP/1.1\r\n\r\n",
        b"GET /`id` HTTP/1.1\r\n\r\n",
        b"GET /a\x17b HTTP/1.1\r\n\r\n",
        b"GET /doc.cfg HTTP/1.1\r\nUser-Agent: a\r\n b\r\n\r\n",
        b"GET /doc.cfg\r\n\r\n",
        b"GET /doc.cfg HTTP/9.9\r\n\r\n",
        b"GET /doc.cfg HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"GET /doc.cfg HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET /doc.cfg HTTP/1.1\r\nUser-Agent : a\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\xff\xff\xff\xff\r\n\r\n",
        b"GET",
        b"",
    ] {
        let answer = exchange(bed.address, request).await;
        let shown = String::from_utf8_lossy(request);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{shown}: {answer}");
    }
    assert!(bed.files.asked.lock().unwrap().is_empty());
    bed.drained().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn header_floods_are_cut_off() {
    let bed = Bed::plain(Limits::default()).await;
    let mut many = "GET /doc.cfg HTTP/1.1\r\n".to_owned();
    (0..200).for_each(|n| write!(many, "X-{n}: 1\r\n").unwrap());
    let answer = exchange(bed.address, format!("{many}\r\n").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    for flood in [&b"GET /doc.cfg HTTP/1.1\r\nX: "[..], b"GET /", b""] {
        let mut socket = TcpStream::connect(bed.address).await.unwrap();
        socket.write_all(flood).await.unwrap();
        // ends when the server has closed; a megabyte fits into no header
        let sent = socket.write_all(&vec![b'a'; 16 << 20]).await;
        let answer = read_all(&mut socket).await;
        assert!(sent.is_err(), "16 MB were swallowed: {answer}");
    }
    assert!(bed.files.asked.lock().unwrap().is_empty());
    bed.drained().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pipelined_requests_are_answered_in_order() {
    let bed = Bed::plain(Limits::default()).await;
    let mut socket = TcpStream::connect(bed.address).await.unwrap();
    let both = b"GET /missing HTTP/1.1\r\n\r\nGET /undecidable HTTP/1.1\r\nConnection: close\r\n\r\n";
    socket.write_all(both).await.unwrap();
    let answers = read_all(&mut socket).await;
    let (first, second) = (answers.find(" 404 ").unwrap(), answers.find(" 503 ").unwrap());
    assert!(first < second, "{answers}");
    bed.drained().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_comes_byte_by_byte_is_a_request() {
    let bed = Bed::plain(Limits::default()).await;
    let mut socket = TcpStream::connect(bed.address).await.unwrap();
    socket.set_nodelay(true).unwrap();
    for byte in b"GET /missing HTTP/1.1\r\nUser-Agent: slow\r\n\r\n" {
        socket.write_all(&[*byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    assert!(read_answer(&mut socket, 0).await.starts_with("HTTP/1.1 404 "));
    drop(socket);
    bed.drained().await;
}
