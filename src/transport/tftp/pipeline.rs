//! From the TFTP door to the pipeline and back.

use bytes::Bytes;

use super::{ReadHandler, ReadRequest, TftpRefusal};
use crate::provisioning::{Provisioner, RefusalClass, Request, Transport};

impl ReadHandler for Provisioner {
    async fn read(&self, request: ReadRequest) -> Result<Bytes, TftpRefusal> {
        let wanted = Request {
            transport: Transport::Tftp,
            source: request.source.ip(),
            forwarded: false,
            path: request.name,
            user_agent: None,
        };
        match self.serve(&wanted).await {
            Ok(document) => Ok(document.bytes),
            Err(refusal) => Err(match refusal.class() {
                RefusalClass::NotFound => TftpRefusal::NotFound,
                RefusalClass::Crowded => TftpRefusal::Busy,
                RefusalClass::TryLater => TftpRefusal::Undecidable,
            }),
        }
    }
}
