//! Filters of numbers. A text that is a number is one; anything else is zero.

use super::Invocation;
use crate::RenderError;
use crate::value::{Number, Value};

type Outcome<'a> = Result<Value<'a>, RenderError>;

pub(super) fn abs<'a>(input: Value<'a>, _: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let number = input.number_or_zero();
    Ok(whole(number, i64::checked_abs, f64::abs))
}

fn whole<'a>(
    number: Number,
    exact: impl Fn(i64) -> Option<i64>,
    otherwise: impl Fn(f64) -> f64,
) -> Value<'a> {
    match number {
        Number::Int(integer) => match exact(integer) {
            Some(result) => Value::Int(result),
            None => Value::float(otherwise(number.as_float())),
        },
        Number::Float(float) => Value::float(otherwise(float)),
    }
}

fn with<'a>(
    input: &Value<'a>,
    call: &Invocation<'_, 'a>,
    exact: impl Fn(i64, i64) -> Option<i64>,
    otherwise: impl Fn(f64, f64) -> f64,
) -> Value<'a> {
    let (left, right) = (input.number_or_zero(), call.number_argument(0));
    let exact = match (left, right) {
        (Number::Int(left), Number::Int(right)) => exact(left, right),
        _ => None,
    };
    match exact {
        Some(result) => Value::Int(result),
        None => Value::float(otherwise(left.as_float(), right.as_float())),
    }
}

pub(super) fn plus<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    Ok(with(&input, call, i64::checked_add, |left, right| {
        left + right
    }))
}

pub(super) fn minus<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    Ok(with(&input, call, i64::checked_sub, |left, right| {
        left - right
    }))
}

pub(super) fn times<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    Ok(with(&input, call, i64::checked_mul, |left, right| {
        left * right
    }))
}

pub(super) fn at_least<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    Ok(with(
        &input,
        call,
        |left, right| Some(left.max(right)),
        f64::max,
    ))
}

pub(super) fn at_most<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    Ok(with(
        &input,
        call,
        |left, right| Some(left.min(right)),
        f64::min,
    ))
}

/// With a fraction, unless a second argument is true.
pub(super) fn divided_by<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let divisor = call.number_argument(0).as_float();
    if divisor == 0.0 {
        return Err(call.fail("nothing can be divided by zero"));
    }
    let quotient = input.number_or_zero().as_float() / divisor;
    let is_whole = call
        .argument(1)
        .is_some_and(|value| value.number_or_zero().as_float() != 0.0);
    Ok(Value::float(if is_whole {
        quotient.floor()
    } else {
        quotient
    }))
}

/// Never negative for a positive divisor.
pub(super) fn modulo<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    if call.number_argument(0).as_float() == 0.0 {
        return Err(call.fail("nothing can be divided by zero"));
    }
    Ok(with(
        &input,
        call,
        |left, right| {
            left.checked_rem(right)?
                .checked_add(right)?
                .checked_rem(right)
        },
        |left, right| ((left % right) + right) % right,
    ))
}

pub(super) fn ceil<'a>(input: Value<'a>, _: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    Ok(whole(input.number_or_zero(), Some, f64::ceil))
}

pub(super) fn floor<'a>(input: Value<'a>, _: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    Ok(whole(input.number_or_zero(), Some, f64::floor))
}

/// Half goes away from zero, as it is written in decimals.
pub(super) fn round<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let places = call.number_argument(0).as_integer();
    Ok(Value::float(rounded(
        input.number_or_zero().as_float(),
        places,
    )))
}

pub(super) fn rounded(number: f64, places: i64) -> f64 {
    const LARGEST: f64 = 9_007_199_254_740_991.0;
    let scaled = shifted(number.abs(), places);
    if !(0.0..=LARGEST).contains(&scaled) {
        return number;
    }
    shifted((scaled + 0.5).floor(), places.saturating_neg()).copysign(number)
}

/// Moves the decimal point in the written number: 1.005 to 100.5, and not to 100.49999.
fn shifted(number: f64, places: i64) -> f64 {
    let written = format!("{number:e}");
    let Some((digits, exponent)) = written.split_once('e') else {
        return number;
    };
    let exponent = exponent.parse::<i64>().unwrap_or(0).saturating_add(places);
    format!("{digits}e{exponent}").parse().unwrap_or(number)
}

pub(super) fn to_integer<'a>(input: Value<'a>, _: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    Ok(input.number_or_zero().into())
}

/// Any whole number from zero to below the input.
pub(super) fn random<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    match u64::try_from(input.number_or_zero().as_integer()) {
        Ok(below) if below > 0 => {
            let number = call.renderer.random() % below;
            Ok(Value::Int(i64::try_from(number).unwrap_or(i64::MAX)))
        }
        _ => Err(call.fail("it needs a number above zero")),
    }
}
