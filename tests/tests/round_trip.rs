//! Everything comes back, byte for byte.

use brevity::{
    Block, Expander, Outcome, Place, Settings, Sink, Steps, Treatment, Wire, compress, expand,
};
use bytes::Bytes;
use std::sync::Arc;

#[derive(Default)]
struct Out {
    bytes: Vec<u8>,
    outcomes: Vec<Outcome>,
}

impl Sink for Out {
    fn keep(&mut self, bytes: Bytes) {
        self.bytes.extend_from_slice(&bytes);
    }

    fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn note(&mut self, outcome: &Outcome) {
        self.outcomes.push(outcome.clone());
    }
}

fn run(text: &[u8], wire: Wire, chunk: usize) -> Out {
    let mut out = Out::default();
    let mut steps = Steps::new();
    let settings = Arc::new(Settings::default());
    let mut block = Block::new(settings, wire, Treatment::Rewrite, Place::default());
    for chunk in text.chunks(chunk) {
        block.write(Bytes::copy_from_slice(chunk), &mut steps);
        steps.run_into(&mut out);
    }
    block.finish(&mut steps);
    steps.run_into(&mut out);
    out
}

#[test]
fn corpus_scratch() {
    let Ok(root) = std::env::var("BREVITY_CORPUS") else { return };
    for dir in ["json", "tools", "tool-json", "json-test-suite", "logs"] {
        let _ = std::fs::create_dir_all("/tmp/out");
        for file in std::fs::read_dir(format!("{root}/{dir}")).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_string();
            let text = std::fs::read(&path).unwrap();
            let t = std::time::Instant::now();
            let out = run(&text, Wire::Text, 1 << 20);
            let e = t.elapsed();
            let t = std::time::Instant::now();
            assert!(expand(&out.bytes) == text, "{dir}/{name}");
            let d = t.elapsed();
            let mb = text.len() as f64 / 1e6;
            if dir != "json-test-suite" {
                std::fs::write(format!("/tmp/out/{dir}-{name}"), &out.bytes).unwrap();
                let results: Vec<_> = out
                    .outcomes
                    .iter()
                    .map(|o| (o.kind, o.bytes_in, o.bytes_out, o.result))
                    .take(5)
                    .collect();
                if text.len() > 3000 {
                    println!(
                        "{dir}/{name} {} -> {} {:.0} {:.0} MB/s {:?}",
                        text.len(),
                        out.bytes.len(),
                        mb / e.as_secs_f64(),
                        mb / d.as_secs_f64(),
                        results
                    );
                }
            }
            for chunk in [7, 4096] {
                let again = run(&text, Wire::Text, chunk);
                assert!(again.bytes == out.bytes, "{dir}/{name} in chunks of {chunk}");
                assert_eq!(again.outcomes, out.outcomes);
                let mut back = Vec::new();
                let mut expander = Expander::new();
                for chunk in out.bytes.chunks(chunk) {
                    expander.write(Bytes::copy_from_slice(chunk), &mut back);
                }
                expander.finish(&mut back);
                assert!(back == text, "{dir}/{name} expanded in chunks of {chunk}");
            }
        }
    }
}
