//! A phone that hears SIP: asked with check-sync to fetch its files again it says so, and anything else it leaves alone.

use std::net::SocketAddr;

use tokio::net::UdpSocket;

use super::memory::Memory;
use crate::domain::Random;
use crate::sip::{
    Credentials, LONGEST_MESSAGE, Message, Start, Via, accepted, asks_to_fetch, is_proved, user,
};

/// What a challenge of a phone calls its realm.
const REALM: &str = "phone";

/// Where a phone hears SIP.
#[derive(Debug)]
pub struct Ear {
    socket: UdpSocket,
    /// Whether who asks must prove to know the password of the account that is asked.
    challenges: bool,
    nonce: String,
    /// The request that was answered last: it may come again because the answer was lost.
    answered: Option<String>,
}

impl Ear {
    /// Hears at `address` from now on.
    pub async fn open(address: SocketAddr, challenges: bool, random: &dyn Random) -> std::io::Result<Self> {
        let mut bytes = [0; 8];
        random.fill(&mut bytes);
        let nonce = data_encoding::HEXLOWER.encode(&bytes);
        Ok(Self { socket: UdpSocket::bind(address).await?, challenges, nonce, answered: None })
    }

    /// Waits until somebody asks the phone to fetch again and was told that it will.
    pub async fn asked(&mut self, memory: &Memory) -> std::io::Result<()> {
        let mut room = vec![0; LONGEST_MESSAGE + 1];
        loop {
            let (length, source) = self.socket.recv_from(&mut room).await?;
            let Ok(message) = Message::parse(&room[..length]) else { continue };
            // responses and other requests are left alone, so nothing can go round for ever
            let Start::Request { uri, .. } = &message.start else { continue };
            if !asks_to_fetch(&message) {
                continue;
            }
            let branch = Via::top(&message).and_then(|via| via.branch()).map(std::borrow::Cow::into_owned);
            let again = branch.is_some() && branch == self.answered;
            let status = if again { 200 } else { self.judge(memory, user(uri), &message) };
            self.socket.send_to(&self.answer(&message, source, status).write(), source).await?;
            if status == 200 && !again {
                self.answered = branch;
                return Ok(());
            }
        }
    }

    /// The status that the phone answers: it knows its own accounts alone.
    fn judge(&self, memory: &Memory, user: Option<&str>, message: &Message) -> u16 {
        let accounts = memory.accounts();
        let account =
            accounts.iter().find(|account| account.registers() && Some(account.user.as_str()) == user);
        let Some(account) = account else { return 404 };
        if !self.challenges {
            return 200;
        }
        let password = account.password.as_ref().map(crate::domain::Secret::expose).unwrap_or_default();
        let credentials = Credentials::new(&account.user, password);
        if is_proved(message, "NOTIFY", &self.nonce, &credentials) { 200 } else { 401 }
    }

    fn answer(&self, request: &Message, source: SocketAddr, status: u16) -> Message {
        let to = request.field("To").unwrap_or_default();
        let mut answer = accepted(request, source, &format!("{to};tag={}", self.nonce));
        let reason = match status {
            200 => "OK",
            401 => "Unauthorized",
            _ => "Not Found",
        };
        answer.start = Start::Response { status, reason: reason.to_owned() };
        if status != 401 {
            return answer;
        }
        let challenge =
            format!("Digest realm=\"{REALM}\", nonce=\"{}\", qop=\"auth\", algorithm=MD5", self.nonce);
        answer.with("WWW-Authenticate", &challenge)
    }
}
