//! Liquid as messages are written in it: the dialect of `LiquidJS`, which the service calls
//! "latest", with the tags and filters of its own that it adds.
//!
//! A template is parsed once and rendered many times. Rendering is synchronous and pure: what
//! it reads, links and the time among it, comes from a [`Host`]; how much it may do is in
//! [`Limits`]. A variable that is not there fails the render, so that nobody is sent a
//! message with a hole in it, unless a condition asks for it or `default` follows.
//!
//! ```
//! use cio_liquid::{Data, Limits, RenderError, Template};
//!
//! let template = Template::parse("Hi {{ customer.first_name | default: 'there' }}!")?;
//! let ana = Data::new(serde_json::json!({"customer": {"first_name": "Ana"}}));
//! let nobody = Data::new(serde_json::json!({"customer": {}}));
//! assert_eq!(template.render(&ana, &Limits::default())?, "Hi Ana!");
//! assert_eq!(template.render(&nobody, &Limits::default())?, "Hi there!");
//!
//! let template = Template::parse("Hi {{ customer.first_name }}!")?;
//! assert_eq!(
//!     template.render(&nobody, &Limits::default()),
//!     Err(RenderError::Missing("customer.first_name".to_owned()))
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `docs/liquid.md` lists the tags and filters, and where it differs from the references.

mod error;
mod host;
mod limits;

mod cursor;
mod expression;
mod lexer;
mod node;
mod parser;
mod references;

mod filters;
mod render;
mod value;

mod template;

pub use error::{Limit, ParseError, RenderError};
pub use host::{Countdown, Data, Host, Link, UrlTag};
pub use limits::{Limits, NESTING_MAX, SOURCE_BYTES_MAX};
pub use references::{Names, References};
pub use template::Template;
