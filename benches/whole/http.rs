//! One connection to a server that stays open: GET and POST by HTTP/1.1 (RFC 9112), no more than is needed here.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::Outcome;

/// A connection with the cookies it was given.
pub struct Connection {
    stream: BufReader<TcpStream>,
    host: String,
    cookies: Vec<(String, String)>,
}

/// What came back.
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Body.
    pub body: Vec<u8>,
    cookies: Vec<(String, String)>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Connection {
    /// Connects to `HOST:PORT`.
    pub fn open(host: &str) -> Outcome<Self> {
        let stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Self {
            stream: BufReader::new(stream),
            host: host.to_owned(),
            cookies: Vec::new(),
        })
    }

    /// Gets a page.
    pub fn get(&mut self, path: &str) -> Outcome<Answer> {
        self.ask(&format!("GET {path} HTTP/1.1\r\n"), "")
    }

    /// Sends a form.
    pub fn post(&mut self, path: &str, form: &str) -> Outcome<Answer> {
        let kind = "Content-Type: application/x-www-form-urlencoded";
        let length = form.len();
        let head = format!("POST {path} HTTP/1.1\r\n{kind}\r\nContent-Length: {length}\r\n");
        self.ask(&head, form)
    }

    fn ask(&mut self, head: &str, body: &str) -> Outcome<Answer> {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let (host, cookies) = (&self.host, cookies.join("; "));
        let request =
            format!("{head}Host: {host}\r\nAccept-Language: en\r\nCookie: {cookies}\r\n\r\n{body}");
        self.stream.get_mut().write_all(request.as_bytes())?;
        let answer = self.answer()?;
        for (name, value) in &answer.cookies {
            self.cookies.retain(|(known, _)| known != name);
            self.cookies.push((name.clone(), value.clone()));
        }
        Ok(answer)
    }

    fn line(&mut self) -> Outcome<String> {
        let mut line = String::new();
        match self.stream.read_line(&mut line)? {
            0 => Err("the server closed the connection".into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }

    fn answer(&mut self) -> Outcome<Answer> {
        let status = self.line()?;
        let status = status.split(' ').nth(1).ok_or("no status")?.parse()?;
        let (mut length, mut chunked, mut cookies) = (0, false, Vec::new());
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse()?,
                "transfer-encoding" => chunked = value.eq_ignore_ascii_case("chunked"),
                "set-cookie" => {
                    let pair = value
                        .split(';')
                        .next()
                        .and_then(|pair| pair.split_once('='));
                    cookies.extend(pair.map(|(name, value)| (name.to_owned(), value.to_owned())));
                }
                _ => {}
            }
        }
        let body = if chunked {
            self.chunks()?
        } else {
            self.octets(length)?
        };
        Ok(Answer {
            status,
            body,
            cookies,
        })
    }

    fn octets(&mut self, length: usize) -> Outcome<Vec<u8>> {
        let mut octets = vec![0; length];
        self.stream.read_exact(&mut octets)?;
        Ok(octets)
    }

    fn chunks(&mut self) -> Outcome<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let size = usize::from_str_radix(&self.line()?, 16)?;
            body.extend(self.octets(size)?);
            self.line()?;
            if size == 0 {
                return Ok(body);
            }
        }
    }
}
