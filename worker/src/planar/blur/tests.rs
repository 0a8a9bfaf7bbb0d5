//! The Gaussian against its definition.

use super::*;

/// Soft blobs and hard edges.
fn plane(width: usize, height: usize) -> Plane {
    let mut plane = Plane::blank(width, height);
    for (y, row) in plane.rows_mut().enumerate() {
        for (x, sample) in row.iter_mut().enumerate() {
            let wave = 60.0 * (x as f64 / 9.0).sin() * (y as f64 / 13.0).cos();
            let edge = if (x / 23 + y / 31) % 2 == 0 {
                40.0
            } else {
                -40.0
            };
            *sample = (128.0 + wave + edge) as u8;
        }
    }
    plane
}

/// By the definition, sides going on as they end.
fn exact(plane: &Plane, sigma: (f64, f64)) -> Vec<f64> {
    let along = |values: &[f64], sigma: f64, width: usize, step: usize, count: usize| {
        let radius = (sigma * 4.0).ceil() as i64;
        let bell = |at: i64| (-0.5 * (at as f64 / sigma).powi(2)).exp();
        let sum: f64 = (-radius..=radius).map(bell).sum();
        let value = |at: usize| {
            let (line, place) = match step {
                1 => (at / width * width, at % width),
                _ => (at % width, at / width),
            };
            let near = |d: i64| (place as i64 + d).clamp(0, count as i64 - 1) as usize;
            let products = (-radius..=radius).map(|d| bell(d) * values[line + near(d) * step]);
            products.sum::<f64>() / sum
        };
        (0..values.len()).map(value).collect::<Vec<_>>()
    };
    let values: Vec<f64> = plane
        .rows()
        .flatten()
        .map(|&sample| f64::from(sample))
        .collect();
    let across = along(&values, sigma.0, plane.width, 1, plane.width);
    along(&across, sigma.1, plane.width, plane.width, plane.height)
}

#[test]
fn it_is_close_to_the_definition_for_every_sigma() {
    let given = plane(211, 150);
    for sigma in [
        (0.4, 0.4),
        (1.0, 2.0),
        (2.5, 2.5),
        (4.9, 4.9),
        (5.0, 5.0),
        (7.0, 14.0),
        (20.0, 20.0),
        (60.0, 60.0),
    ] {
        let result = blurred(given.clone(), 1, (211, 150), sigma);
        let exact = exact(&given, sigma);
        let errors = result
            .samples
            .iter()
            .zip(&exact)
            .map(|(a, b)| (f64::from(*a) - b).abs());
        let (mut squares, mut worst) = (0.0, 0.0_f64);
        for error in errors {
            squares += error * error;
            worst = worst.max(error);
        }
        let rms = (squares / exact.len() as f64).sqrt();
        println!("{sigma:?}: {rms:.3}, at worst {worst:.2}");
        assert!(
            rms < 1.0 && worst < 3.0,
            "{sigma:?}: {rms:.3}, at worst {worst:.2}"
        );
    }
}
