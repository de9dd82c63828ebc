//! People: devices, going, and becoming one.

use cio_domain::operation::{DeviceStatus, DeviceUpdate, LAST_STATUS};
use cio_domain::person::Device;
use cio_domain::{Ignored, Person};
use cio_wire::Identifier;

use super::names::{Holder, name, names};
use super::{Model, Somebody, fill_in};

const MONTH: i64 = 30 * 24 * 60 * 60;

impl Model {
    pub(crate) fn person(&self, identifier: &Identifier) -> Option<&Person> {
        self.somebody(identifier).map(|(_, it)| &it.person)
    }

    pub(super) fn put_device(
        &mut self,
        person: &Identifier,
        device: &DeviceUpdate,
    ) -> Result<(), Ignored> {
        let index = self.find_or_create(person)?;
        let sent = DeviceStatus::Sent.to_json();
        let old = self.at(index).person.devices.iter();
        let was_sent = old
            .filter(|it| it.token == device.token)
            .any(|it| it.attributes.get(LAST_STATUS) == Some(&sent));
        let mut device = Device {
            token: device.token.clone(),
            platform: device.platform.clone(),
            last_used: device.last_used.unwrap_or(self.now()),
            attributes: device.attributes.clone(),
        };
        if was_sent {
            device.attributes.insert(LAST_STATUS.to_owned(), sent);
        }
        let devices = &mut self.at(index).person.devices;
        devices.retain(|it| it.token != device.token);
        add_device(devices, device);
        Ok(())
    }

    pub(super) fn note_device(
        &mut self,
        person: &Identifier,
        token: &str,
        status: DeviceStatus,
    ) -> Result<(), Ignored> {
        if let Ok(Some(index)) = self.find(person) {
            let devices = self.at(index).person.devices.iter_mut();
            for device in devices.filter(|it| it.token == token) {
                let attributes = &mut device.attributes;
                attributes.insert(LAST_STATUS.to_owned(), status.to_json());
            }
        }
        Ok(())
    }

    pub(super) fn delete_device(
        &mut self,
        person: &Identifier,
        token: &str,
    ) -> Result<(), Ignored> {
        if let Some(index) = self.find(person)? {
            let devices = &mut self.at(index).person.devices;
            devices.retain(|it| it.token != *token);
        }
        Ok(())
    }

    pub(super) fn delete(&mut self, person: &Identifier) -> Result<(), Ignored> {
        if let Some(index) = self.find(person)? {
            let gone = self.take_out(index).person.identifiers;
            for delivery in self.deliveries.values_mut() {
                if let Some(person) = &mut delivery.person
                    && person.cio_id == gone.cio_id
                {
                    (person.id, person.email) = (None, None);
                }
            }
        }
        Ok(())
    }

    pub(super) fn suppress(&mut self, person: &Identifier) -> Result<(), Ignored> {
        match self.holder(person) {
            Holder::NoSuchCioId => return Err(Ignored::UnknownCioId),
            Holder::Blocked => {}
            Holder::Nobody => self.blocks.push(name(person).into_iter().collect()),
            Holder::Somebody(index) => {
                let gone = self.take_out(index).person.identifiers;
                self.blocks.push(names(&gone));
                self.call_back(gone.cio_id);
            }
        }
        Ok(())
    }

    pub(super) fn unsuppress(&mut self, person: &Identifier) -> Result<(), Ignored> {
        let name = name(person).ok_or(Ignored::UnknownCioId)?;
        self.blocks.retain(|block| !block.contains(&name));
        Ok(())
    }

    /// Removes somebody from everywhere but the deliveries.
    fn take_out(&mut self, index: usize) -> Somebody {
        self.visitors.retain(|_, it| !it.is(index));
        self.related.retain(|(person, _), _| *person != index);
        for segment in self.segments.iter_mut().flatten() {
            segment.members.remove(&index);
        }
        self.people[index].take().expect("they are there")
    }

    pub(super) fn merge(
        &mut self,
        primary: &Identifier,
        secondary: &Identifier,
    ) -> Result<(), Ignored> {
        let to = match self.holder(primary) {
            Holder::Somebody(index) => index,
            Holder::Blocked => return Err(Ignored::Suppressed),
            Holder::Nobody | Holder::NoSuchCioId => return Err(Ignored::UnknownPrimary),
        };
        let Some(from) = self.find(secondary)?.filter(|from| *from != to) else {
            return Ok(());
        };
        for visitor in self.visitors.values_mut().filter(|it| it.is(from)) {
            visitor.known = visitor.known.map(|(_, at)| (to, at));
        }
        for segment in self.segments.iter_mut().flatten() {
            if segment.members.contains(&from) {
                segment.members.insert(to);
            }
        }
        for ((person, object), attributes) in self.related.clone() {
            if person == from {
                fill_in(self.related.entry((to, object)).or_default(), attributes);
            }
        }
        let Somebody { person: gone, log } = self.take_out(from);
        let since = self.now() - MONTH;
        let stays = self.at(to);
        let log = log.into_iter();
        stays
            .log
            .extend(log.filter(|it| it.delivery_id.is_some() || it.timestamp >= since));
        fill_in(&mut stays.person.attributes, gone.attributes);
        for device in gone.devices {
            if !stays
                .person
                .devices
                .iter()
                .any(|it| it.token == device.token)
            {
                add_device(&mut stays.person.devices, device);
            }
        }
        let has = stays.person.identifiers.clone();
        let gone = gone.identifiers;
        if let (None, Some(id)) = (has.id, gone.id) {
            self.give(to, &Identifier::Id(id));
        }
        if let (None, Some(email)) = (has.email, gone.email) {
            self.give(to, &Identifier::Email(email));
        }
        let names = self.at(to).person.identifiers.clone();
        for delivery in self.deliveries.values_mut() {
            if delivery
                .person
                .as_ref()
                .is_some_and(|it| it.cio_id == gone.cio_id)
            {
                delivery.person = Some(names.clone());
            }
        }
        Ok(())
    }
}

fn add_device(devices: &mut Vec<Device>, device: Device) {
    devices.push(device);
    devices.sort_by(|a, b| a.token.cmp(&b.token));
}
