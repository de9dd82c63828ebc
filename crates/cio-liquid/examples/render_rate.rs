//! How many times a second one core reads and renders a template.
//!
//! ```sh
//! cargo run --release -p cio-liquid --example render_rate
//! ```

use std::hint::black_box;
use std::time::{Duration, Instant};

use cio_liquid::{Data, Limits, Template};
use serde_json::json;

const SMALL: &str = "Hi {{ customer.first_name | default: 'there' | capitalize }}, \
    {% if customer.plan == 'pro' %}thank you{% else %}welcome{% endif %}! \
    You joined on {{ customer.created_at | date: '%B %-d, %Y' }}.";

const RECEIPT: &str = "<h1>Order {{ trigger.id }}</h1><table>\
    {% for item in trigger.items %}<tr><td>{{ forloop.index }}</td><td>{{ item.name | escape }}</td>\
    <td>{{ item.price | times: item.count | currency: 'en', 'EUR' }}</td></tr>{% endfor %}</table>\
    Total {{ trigger.items | map: 'price' | sum | round: 2 }}, {{ customer.first_name | upcase }}.";

fn main() {
    let items: Vec<_> = (0..20)
        .map(|index| json!({"name": format!("Item <{index}>"), "price": 9.5, "count": index}))
        .collect();
    let data = Data::new(json!({
        "customer": {"first_name": "ana", "plan": "pro", "created_at": 1_732_348_800},
        "trigger": {"id": 4711, "items": items},
    }));
    for (name, source) in [("small", SMALL), ("a receipt of 20 items", RECEIPT)] {
        let Ok(template) = Template::parse(source) else {
            continue;
        };
        let renders = rate(|| drop(black_box(template.render(&data, &Limits::default()))));
        let reads = rate(|| drop(black_box(Template::parse(source))));
        show(&format!("{name}: {renders} renders/s, {reads} reads/s"));
    }
}

/// Times a second, over one second.
fn rate(work: impl Fn()) -> u64 {
    let (start, mut count) = (Instant::now(), 0);
    while start.elapsed() < Duration::from_secs(1) {
        for _ in 0..100 {
            work();
        }
        count += 100;
    }
    count
}

#[expect(clippy::print_stdout, reason = "it is a program that prints figures")]
fn show(line: &str) {
    println!("{line}");
}
