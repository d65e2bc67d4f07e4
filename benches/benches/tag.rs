//! The tag walker next to the tools that one would otherwise take, on the same bytes in the same
//! chunks: a search for `<` (the floor: no walker can be faster), `lol_html` (streams, knows HTML) and
//! `quick-xml` (streams, knows XML). Each run checks its own count.
//!
//! Pages hold mostly HTML; what agents send holds few tags and much prose; the hostile input is
//! nothing but tags that open and close. A walker that is fast on one and slow on another would be
//! slow where it matters.

use brevity::walk::tag::{Span, SpanKind, TagMode, TagWalker};
use brevity::{Limits, Protect};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lol_html::{HtmlRewriter, Settings, element};
use quick_xml::{Reader, events::Event};
use std::hint::black_box;
use std::io::BufReader;

/// What a socket gives at a time.
const CHUNK: usize = 16 * 1024;

/// A text of equal units, and what one unit has.
struct Input {
    name: &'static str,
    text: String,
    units: usize,
    protected: usize,
    elements: usize,
    brackets: usize,
}

fn inputs() -> [Input; 3] {
    let page = "<div class=\"row\"><p>Some words with <b>weight</b> and a \
        <a href=\"/there?x=1\">link</a>, as pages have them.</p></div>\n";
    let prose = "the build ran for a while and printed what it did, line by line\n".repeat(12);
    let agent = format!("{prose}<system-reminder>\nA file changed.\n</system-reminder>\n{prose}");
    [
        input("html", page, 0, 4),
        input("agent", &agent, 1, 1),
        input("hostile", "<a-x k=\"v\"><b-x>1</b-x></a-x>", 1, 2),
    ]
}

fn input(name: &'static str, unit: &str, protected: usize, elements: usize) -> Input {
    let units = (1 << 20) / unit.len();
    let brackets = unit.matches('<').count();
    Input { name, text: unit.repeat(units), units, protected, elements, brackets }
}

fn brevity(text: &[u8]) -> usize {
    let mut walker = TagWalker::new(&Protect::Known, TagMode::Blocks, &Limits::default());
    let mut protected = 0;
    let mut on = |span: Span| protected += usize::from(span.kind == SpanKind::Protected);
    text.chunks(CHUNK).for_each(|chunk| walker.feed(chunk, &mut on));
    walker.finish(&mut on);
    protected
}

fn memchr(text: &[u8]) -> usize {
    text.chunks(CHUNK).map(|chunk| memchr::memchr_iter(b'<', chunk).count()).sum()
}

fn lol_html(text: &[u8]) -> usize {
    let mut elements = 0;
    let settings = Settings::new().append_element_content_handler(element!("*", |_| {
        elements += 1;
        Ok(())
    }));
    let mut rewriter = HtmlRewriter::new(settings, |chunk: &[u8]| {
        black_box(chunk);
    });
    for chunk in text.chunks(CHUNK) {
        rewriter.write(chunk).expect("there is memory");
    }
    rewriter.end().expect("there is memory");
    elements
}

fn quick_xml(text: &[u8]) -> usize {
    let mut reader = Reader::from_reader(BufReader::with_capacity(CHUNK, text));
    let (mut buffer, mut elements) = (Vec::new(), 0);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).expect("the input is well-formed") {
            Event::Start(_) => elements += 1,
            Event::Eof => return elements,
            _ => {}
        }
    }
}

/// A run, its name, and what it counts.
type Rival = (&'static str, fn(&[u8]) -> usize, usize);

fn tags(c: &mut Criterion) {
    for input in inputs() {
        let rivals: [Rival; 4] = [
            ("brevity", brevity, input.protected),
            ("memchr", memchr, input.brackets),
            ("lol_html", lol_html, input.elements),
            ("quick-xml", quick_xml, input.elements),
        ];
        let text = input.text.as_bytes();
        let mut group = c.benchmark_group(format!("tag/{}", input.name));
        group.throughput(Throughput::Bytes(text.len() as u64));
        for (name, run, per_unit) in rivals {
            group.bench_function(name, |b| {
                b.iter(|| assert_eq!(run(black_box(text)), per_unit * input.units));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, tags);
criterion_main!(benches);
