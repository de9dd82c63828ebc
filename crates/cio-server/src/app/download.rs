//! `/exports/{token}`: the file that a link leads to.

use std::fs::File;
use std::io::Read;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use cio_domain::UnixMillis;
use cio_domain::limits::DOWNLOAD_LINK_MINUTES;
use hyper::body::{Frame, SizeHint};
use tokio::task::JoinHandle;

use crate::body::Segments;
use crate::error::{ApiError, ApiResult, Family, OrStoreError};
use crate::state::AppState;
use crate::transfers::links::Link;

/// How much is read from the disk at a time.
const PIECE_BYTES: usize = 64 << 10;

/// `GET /exports/{token}`: the file, to whoever has the link.
pub(crate) async fn file(State(state): State<AppState>, path: Segments) -> ApiResult {
    let link = Link::read(path.get(0), state.keys.hasher());
    let link = still_good(link, state.now())?;
    let id = link.export;
    let export = state.store.export(link.workspace, id).await;
    if export.or_store_error(Family::App)?.is_none() {
        return Err(ApiError::not_found(Family::App));
    }
    let file = state.files.export(link.workspace, id);
    let opened = tokio::task::spawn_blocking(move || {
        let file = File::open(file)?;
        let length = file.metadata()?.len();
        Ok::<_, std::io::Error>((file, length))
    });
    let Ok(Ok((file, length))) = opened.await else {
        // After a backup was restored, for files are not in it.
        let text = "the file is no longer on this server: make the export again";
        return Err(ApiError::new(Family::App, StatusCode::NOT_FOUND, text));
    };
    let mut response = Response::new(Body::new(FileBody {
        state: Reading::Idle(file),
        left: length,
    }));
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, kind);
    let name = format!("attachment; filename=\"export-{}.csv\"", id.0);
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    let private = HeaderValue::from_static("private, no-store");
    headers.insert(header::CACHE_CONTROL, private);
    Ok(response)
}

/// Refuses a link that nobody here made, or whose time is over.
fn still_good(link: Option<Link>, now: UnixMillis) -> Result<Link, ApiError> {
    let link = link.ok_or_else(|| ApiError::not_found(Family::App))?;
    if now < link.until {
        return Ok(link);
    }
    let text = format!(
        "this link worked for {DOWNLOAD_LINK_MINUTES} minutes: get another with \
         GET /v1/exports/{}/download",
        link.export.0
    );
    Err(ApiError::new(Family::App, StatusCode::FORBIDDEN, &text))
}

/// A file on its way, one piece in memory at a time.
struct FileBody {
    state: Reading,
    left: u64,
}

enum Reading {
    Idle(File),
    Piece(JoinHandle<(File, std::io::Result<Bytes>)>),
    Done,
}

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        if let Reading::Idle(_) = &self.state
            && self.left > 0
            && let Reading::Idle(file) = std::mem::replace(&mut self.state, Reading::Done)
        {
            self.state = Reading::Piece(tokio::task::spawn_blocking(move || read(file)));
        }
        let Reading::Piece(piece) = &mut self.state else {
            return Poll::Ready(None);
        };
        let read = std::task::ready!(Pin::new(piece).poll(context));
        self.state = Reading::Done;
        let (file, piece) = read.map_err(std::io::Error::other)?;
        let mut piece = piece?;
        if piece.is_empty() {
            let cut = std::io::Error::other("the file became shorter");
            return Poll::Ready(Some(Err(cut)));
        }
        // Whatever is added to it meanwhile was not promised.
        let length = usize::try_from(self.left).unwrap_or(usize::MAX);
        piece.truncate(length);
        self.left -= piece.len() as u64;
        self.state = Reading::Idle(file);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

fn read(mut file: File) -> (File, std::io::Result<Bytes>) {
    let mut piece = vec![0; PIECE_BYTES];
    let read = file.read(&mut piece).map(|length| {
        piece.truncate(length);
        piece.into()
    });
    (file, read)
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;
    use cio_domain::WorkspaceId;
    use cio_domain::transfer::ExportId;
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn a_link_whose_time_is_over_says_how_to_get_another() {
        let link = Link {
            workspace: WorkspaceId(1),
            export: ExportId(110),
            until: 900_000,
        };
        assert_eq!(still_good(Some(link), 899_999).ok(), Some(link));
        let unknown = still_good(None, 0).err().map(IntoResponse::into_response);
        assert_eq!(unknown.map(|it| it.status()), Some(StatusCode::NOT_FOUND));
        let over = still_good(Some(link), 900_000).unwrap_err().into_response();
        assert_eq!(over.status(), StatusCode::FORBIDDEN);
        let body = over.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&body);
        assert!(text.contains("GET /v1/exports/110/download"), "{text}");
    }
}
