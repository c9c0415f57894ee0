//! What is owned of a peer who stopped in the middle.

use super::Broken;

#[derive(Debug, Default)]
pub(super) struct Half {
    /// The beginning of a frame.
    pub frame: Vec<u8>,
    /// The beginning of a message in fragments.
    pub message: Option<Message>,
}

#[derive(Debug)]
pub(super) struct Message {
    pub is_text: bool,
    pub bytes: Vec<u8>,
    /// Known to be UTF-8 up to here.
    text_to: usize,
}

impl Half {
    pub fn is_over(&self) -> bool {
        self.frame.is_empty() && self.message.is_none()
    }

    pub fn begin(&mut self, is_text: bool) {
        self.message = Some(Message { is_text, bytes: Vec::new(), text_to: 0 });
    }

    /// A text that cannot become UTF-8 any more fails at once; a character may be cut between fragments.
    pub fn append(&mut self, payload: &[u8], is_last: bool) -> Result<(), Broken> {
        let Some(message) = &mut self.message else { return Err(Broken::Protocol) };
        message.bytes.extend_from_slice(payload);
        if !message.is_text {
            return Ok(());
        }
        match std::str::from_utf8(&message.bytes[message.text_to..]) {
            Ok(_) => message.text_to = message.bytes.len(),
            Err(error) if error.error_len().is_none() && !is_last => message.text_to += error.valid_up_to(),
            Err(_) => return Err(Broken::NotText),
        }
        Ok(())
    }
}
