//! What the columns of an input are for.

use std::collections::HashMap;

use clap::ValueEnum;

use super::cell::CellType;
use super::operation::Kind;
use super::rejects;

/// How a person is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PersonKind {
    Id,
    Email,
    #[value(name = "cio_id")]
    CioId,
}

impl PersonKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            PersonKind::Id => "id",
            PersonKind::Email => "email",
            PersonKind::CioId => "cio_id",
        }
    }
}

/// What a column is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Field {
    Person(PersonKind),
    /// Of events: its name.
    Name,
    /// Of events: when it happened.
    Timestamp,
    /// Of events: what a repeat is known by.
    EventId,
    /// An attribute or a part of the data, by its name.
    Named(String),
    /// Nothing.
    Ignored,
}

impl Field {
    /// By its name, as it is typed: none at all leaves a column out.
    pub(crate) fn named(name: &str) -> Field {
        match name {
            "" => Field::Ignored,
            "id" => Field::Person(PersonKind::Id),
            "email" => Field::Person(PersonKind::Email),
            "cio_id" => Field::Person(PersonKind::CioId),
            other => Field::Named(other.to_owned()),
        }
    }

    /// The same in events, which have fields of their own.
    fn of_event(self) -> Field {
        match self {
            Field::Named(name) => match name.as_str() {
                "name" | "event" => Field::Name,
                "timestamp" => Field::Timestamp,
                "event_id" => Field::EventId,
                _ => Field::Named(name),
            },
            other => other,
        }
    }
}

/// A column: what it is for, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    /// As the input names it.
    pub(crate) name: String,
    pub(crate) field: Field,
    pub(crate) cells: CellType,
}

/// What was said about columns, and what goes without saying.
#[derive(Debug, Clone)]
pub(crate) struct Mapping {
    kind: Kind,
    maps: HashMap<String, Field>,
    types: HashMap<String, CellType>,
    others: CellType,
}

/// Every column of which nothing is said.
const OTHERS: &str = "*";

impl Mapping {
    pub(crate) fn new(
        kind: Kind,
        maps: impl IntoIterator<Item = (String, Field)>,
        types: impl IntoIterator<Item = (String, CellType)>,
    ) -> Mapping {
        let mut types: HashMap<String, CellType> = types.into_iter().collect();
        Mapping {
            kind,
            maps: maps.into_iter().collect(),
            others: types.remove(OTHERS).unwrap_or(CellType::Auto),
            types,
        }
    }

    /// What a column is for.
    pub(crate) fn column(&self, name: &str) -> Column {
        let field = match self.maps.get(name) {
            Some(field) => field.clone(),
            // What a file of rejected rows adds, so that it can be imported as it is.
            None if rejects::COLUMNS.contains(&name) => Field::Ignored,
            None => Field::named(name),
        };
        let field = match self.kind {
            Kind::People => field,
            Kind::Events => field.of_event(),
        };
        let usual = match &field {
            Field::Named(name) if name == "created_at" => CellType::Time,
            _ => self.others,
        };
        Column {
            name: name.to_owned(),
            cells: self.types.get(name).copied().unwrap_or(usual),
            field,
        }
    }

    /// The columns of a header. The text of an error says what is wrong with it.
    pub(crate) fn columns(&self, header: &[String]) -> Result<Vec<Column>, String> {
        let said = self.maps.keys().chain(self.types.keys());
        if let Some(unknown) = said.into_iter().find(|name| !header.contains(name)) {
            return Err(format!(
                "it has no column {unknown:?}: it has {}",
                listed(header)
            ));
        }
        let columns: Vec<Column> = header.iter().map(|name| self.column(name)).collect();
        for (place, column) in columns.iter().enumerate() {
            let same = |other: &&Column| other.field == column.field;
            let twin = columns[..place].iter().find(same);
            if let Some(twin) = twin.filter(|_| column.field != Field::Ignored) {
                let (one, other) = (&twin.name, &column.name);
                return Err(format!(
                    "the columns {one:?} and {other:?} are for the same field: leave one out with \
                     --map '{other}='"
                ));
            }
        }
        let has = |wanted: fn(&Field) -> bool| columns.iter().any(|it| wanted(&it.field));
        if !has(|field| matches!(field, Field::Person(_))) {
            return Err(format!(
                "no column names the person: it has {}; say which one does with --map COLUMN=id or \
                 --map COLUMN=email",
                listed(header)
            ));
        }
        Ok(columns)
    }

    /// A text that is another for every other mapping.
    pub(crate) fn signature(&self) -> String {
        let mut maps: Vec<String> = self.maps.iter().map(|it| format!("{it:?}")).collect();
        let mut types: Vec<String> = self.types.iter().map(|it| format!("{it:?}")).collect();
        maps.sort();
        types.sort();
        format!("{:?} {maps:?} {types:?} {:?}", self.kind, self.others)
    }
}

/// So many columns are named in an error.
const LISTED: usize = 20;

fn listed(header: &[String]) -> String {
    let names = header.iter().take(LISTED).cloned();
    let more = header.len().saturating_sub(LISTED);
    let more = (more > 0).then(|| format!("{more} more"));
    names.chain(more).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(kind: Kind, maps: &[(&str, &str)], types: &[(&str, CellType)]) -> Mapping {
        let maps = maps
            .iter()
            .map(|(column, field)| ((*column).to_owned(), Field::named(field)));
        let types = types
            .iter()
            .map(|(column, cells)| ((*column).to_owned(), *cells));
        Mapping::new(kind, maps, types)
    }

    fn header(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn columns_are_for_what_their_names_say() {
        let people = mapping(Kind::People, &[], &[]);
        let events = mapping(Kind::Events, &[], &[]);
        let named = |name: &str| Field::Named(name.to_owned());
        for (name, of_people, of_events) in [
            (
                "id",
                Field::Person(PersonKind::Id),
                Field::Person(PersonKind::Id),
            ),
            (
                "cio_id",
                Field::Person(PersonKind::CioId),
                Field::Person(PersonKind::CioId),
            ),
            ("name", named("name"), Field::Name),
            ("event", named("event"), Field::Name),
            ("timestamp", named("timestamp"), Field::Timestamp),
            ("event_id", named("event_id"), Field::EventId),
            ("address.city", named("address.city"), named("address.city")),
            ("rejected_line", Field::Ignored, Field::Ignored),
            ("", Field::Ignored, Field::Ignored),
        ] {
            assert_eq!(people.column(name).field, of_people, "{name}");
            assert_eq!(events.column(name).field, of_events, "{name}");
        }
        assert_eq!(people.column("created_at").cells, CellType::Time);
        assert_eq!(people.column("seats").cells, CellType::Auto);
    }

    #[test]
    fn what_is_said_wins() {
        let types = [("zip", CellType::Number), ("*", CellType::Text)];
        let people = mapping(Kind::People, &[("E-Mail", "email"), ("note", "")], &types);
        let names = ["E-Mail", "note", "zip", "plan", "created_at"];
        let columns = people.columns(&header(&names)).unwrap();
        assert_eq!(columns[0].field, Field::Person(PersonKind::Email));
        assert_eq!(columns[1].field, Field::Ignored);
        let cells: Vec<_> = columns[2..].iter().map(|column| column.cells).collect();
        assert_eq!(cells, [CellType::Number, CellType::Text, CellType::Time]);
    }

    #[test]
    fn a_header_that_does_not_fit_is_refused() {
        let people = mapping(Kind::People, &[("Mail", "email")], &[]);
        for (names, said) in [
            (&["id", "a thing"][..], "it has id, a thing"),
            (&["Mail", "email"], "are for the same field"),
        ] {
            let problem = people.columns(&header(names)).unwrap_err();
            assert!(problem.contains(said), "{problem}");
        }
        let plain = mapping(Kind::People, &[], &[]);
        let problem = plain.columns(&header(&["Id", "mail"])).unwrap_err();
        assert!(problem.contains("no column names the person"), "{problem}");
    }

    #[test]
    fn another_mapping_has_another_signature() {
        let one = mapping(Kind::People, &[("a", "id"), ("b", "email")], &[]);
        let same = mapping(Kind::People, &[("b", "email"), ("a", "id")], &[]);
        assert_eq!(one.signature(), same.signature());
        let typed = mapping(Kind::People, &[], &[("*", CellType::Text)]);
        let plain = mapping(Kind::People, &[], &[]);
        assert_ne!(typed.signature(), plain.signature());
        assert_ne!(one.signature(), plain.signature());
    }
}
