//! A file to be uploaded, as the form that carries it.

use std::fmt;

use bytes::Bytes;

use crate::Error;

/// A file to be uploaded: for [`Assets::create`](super::Assets::create).
#[derive(Clone)]
pub struct UploadAsset {
    file_name: String,
    content: Bytes,
    content_type: Option<String>,
    name: Option<String>,
    folder: Option<u64>,
}

impl UploadAsset {
    /// A file by its name, from which its kind follows: `.bmp`, `.jpg`, `.jpeg`, `.png`,
    /// `.gif` or `.pdf`.
    pub fn new(file_name: impl Into<String>, content: impl Into<Bytes>) -> UploadAsset {
        UploadAsset {
            file_name: file_name.into(),
            content: content.into(),
            content_type: None,
            name: None,
            folder: None,
        }
    }

    /// Its kind, if that does not follow from its name: `image/png`.
    #[must_use]
    pub fn content_type(mut self, content_type: impl Into<String>) -> UploadAsset {
        self.content_type = Some(content_type.into());
        self
    }

    /// Its name among the assets. Default: its file name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> UploadAsset {
        self.name = Some(name.into());
        self
    }

    /// Into the folder with this number. Default: the root.
    #[must_use]
    pub fn folder(mut self, folder: u64) -> UploadAsset {
        self.folder = Some(folder);
        self
    }

    /// The body of the request: `multipart/form-data`, which begins with its boundary.
    pub(super) fn form(&self) -> Result<Bytes, Error> {
        if self.file_name.trim().is_empty() {
            return Err(Error::invalid_input("file_name", "must not be blank"));
        }
        if self.content.is_empty() {
            return Err(Error::invalid_input("content", "must not be empty"));
        }
        let file_name = quoted(&self.file_name);
        let content_type = self.known_content_type()?;
        let mut parts = vec![(
            format!(
                "Content-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\n\
                 Content-Type: {content_type}"
            ),
            self.content.clone(),
        )];
        if let Some(name) = &self.name {
            parts.push(text_part("name", name));
        }
        if let Some(folder) = self.folder {
            parts.push(text_part("parent_folder_id", &folder.to_string()));
        }
        Ok(form(&parts))
    }

    fn known_content_type(&self) -> Result<&str, Error> {
        if let Some(content_type) = &self.content_type {
            let is_one = content_type.contains('/')
                && content_type.bytes().all(|byte| byte.is_ascii_graphic());
            return match is_one {
                true => Ok(content_type),
                false => Err(Error::invalid_input("content_type", "is like image/png")),
            };
        }
        let (_, ending) = self.file_name.rsplit_once('.').unwrap_or_default();
        Ok(match ending.to_ascii_lowercase().as_str() {
            "bmp" => "image/bmp",
            "jpg" | "jpeg" => "image/jpeg",
            "png" => "image/png",
            "gif" => "image/gif",
            "pdf" => "application/pdf",
            _ => {
                return Err(Error::invalid_input(
                    "file_name",
                    "must end in .bmp, .jpg, .jpeg, .png, .gif or .pdf without a content type",
                ));
            }
        })
    }
}

/// The content is the caller's, so `Debug` shows its size.
impl fmt::Debug for UploadAsset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadAsset")
            .field("bytes", &self.content.len())
            .finish_non_exhaustive()
    }
}

/// As browsers escape the name of a file in a header.
fn quoted(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn text_part(name: &str, value: &str) -> (String, Bytes) {
    (
        format!("Content-Disposition: form-data; name=\"{name}\""),
        Bytes::copy_from_slice(value.as_bytes()),
    )
}

/// Headers and content of each part, between boundaries.
fn form(parts: &[(String, Bytes)]) -> Bytes {
    let boundary = boundary(parts);
    let mut form = Vec::new();
    for (headers, content) in parts {
        form.extend_from_slice(format!("--{boundary}\r\n{headers}\r\n\r\n").as_bytes());
        form.extend_from_slice(content);
        form.extend_from_slice(b"\r\n");
    }
    form.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    form.into()
}

/// The first of a row that occurs in no part. One of them does not: a part would have to
/// hold them all.
fn boundary(parts: &[(String, Bytes)]) -> String {
    let occurs = |boundary: &str| {
        let boundary = boundary.as_bytes();
        parts.iter().any(|(headers, content)| {
            [headers.as_bytes(), content]
                .iter()
                .any(|text| text.windows(boundary.len()).any(|found| found == boundary))
        })
    };
    let mut number: u64 = 0;
    loop {
        let boundary = format!("customerio-form-{number}-");
        if !occurs(&boundary) {
            return boundary;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_occurs_in_no_part() {
        let content = "--customerio-form-0-\r\n--customerio-form-1---\r\n";
        let upload = UploadAsset::new("a.png", content).name("customerio-form-2-");
        let form = upload.form().unwrap();
        let text = String::from_utf8(form.to_vec()).unwrap();
        assert!(text.starts_with("--customerio-form-3-\r\n"), "{text}");
        assert!(text.ends_with("\r\n--customerio-form-3---\r\n"), "{text}");
        assert_eq!(text.matches("customerio-form-3-").count(), 3);
    }

    #[test]
    fn a_file_name_stays_in_its_quotes() {
        let upload = UploadAsset::new("a\"; name=\"b\r\nX-A: c.PNG", "x");
        let form = upload.form().unwrap();
        let text = String::from_utf8(form.to_vec()).unwrap();
        assert!(text.contains("filename=\"a%22; name=%22b%0D%0AX-A: c.PNG\"\r\n"));
    }
}
