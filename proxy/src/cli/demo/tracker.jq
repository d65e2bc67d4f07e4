# The answers of an issue tracker that does not exist.

def people: ["mara", "ole", "yuki", "tomas", "ines"];

def titles: [
  "A tag that is cut at the chunk's end is seen twice",
  "Numbers with 30 digits lose their last one in the table",
  "inspect prints a reason without its sentence",
  "The health check waits for a large upload",
  "A file without a newline at its end gains one",
  "Held reports a wrong length when slices are joined",
  "The proxy answers 400 where 413 is meant",
  "Usage is missing for answers that are compressed",
  "A lone surrogate is replaced by a question mark",
  "compress holds the whole input for one long line",
  "The second of two equal keys wins",
  "Columns that never change are written in each row",
  "A comment in an event stream is counted as an event",
  "The byte order mark is gone after expand",
  "Markers mode protects the text between two tags",
  "A port that is taken gives a page of backtrace",
  "The estimate is off for text in Japanese",
  "An empty object in a row becomes null",
  "Held reports a wrong length after take",
  "Progress bars keep every frame",
  "A request with two system entries loses the second mark",
  "The drain ends before the last event has left",
  "cargo doc warns about a link to a private item",
  "Depth 1,024 passes and 1,025 hangs",
  "An open tag without a close holds a megabyte",
  "The README's example needs one more import",
  "Names with a colon are taken for markup",
  "A query string changes the route",
  "The stream ends early when the client stops reading",
  "expand reads a header inside a quoted string",
  "Two spaces after a colon make a document inexact",
  "A quoted path with a backslash does not come back",
  "The first byte waits for the whole body",
  "Limits below 16 bytes stop the walker",
  "An idle connection is closed with an error in the log",
  "Text in a code fence is taken for a tag"
];

def issue($i; $title):
  ($i * 7 % 5) as $who
  | ($i * 3 % 27 + 1) as $day
  | {
      key: "BRV-\($i + 113)",
      title: $title,
      state: "open",
      priority: ["low", "normal", "high"][$i % 3],
      labels: [["engine", "proxy", "docs", "cli"][$i % 4], ["bug", "question"][($i % 9) / 8 | floor]],
      reporter: {login: people[($who + 2) % 5], name: (people[($who + 2) % 5] | ascii_upcase[:1] + .[1:])},
      assignee: (if $i % 4 == 3 then null else {login: people[$who], name: (people[$who] | ascii_upcase[:1] + .[1:])} end),
      comments: ($i * 11 % 8),
      created_at: "2026-10-\($day | tostring | if length == 1 then "0" + . else . end)T0\($i % 10):1\($i % 6):00Z",
      updated_at: "2026-11-\(($day + 2) % 19 + 1 | tostring | if length == 1 then "0" + . else . end)T1\($i % 10):2\($i % 6):30Z",
      milestone: {id: 4, title: "0.1", due_on: "2026-12-01"},
      url: "https://tracker.example/brevity/BRV-\($i + 113)"
    };

def issues: [titles | to_entries[] | issue(.key; .value)];

def comment($id; $who; $day; $text):
  {
    id: $id,
    author: {login: people[$who], name: (people[$who] | ascii_upcase[:1] + .[1:])},
    created_at: "2026-11-\($day)T09:3\($id % 10):00Z",
    edited: false,
    reactions: {thumbs_up: ($id % 3), eyes: ($id % 2)},
    text: $text
  };

def comments: [
  comment(9101; 0; 10; "Seen with 300 bytes in two slices: len() says 299 after take(1)."),
  comment(9102; 3; 10; "Not seen with one slice. The numbers differ by the count of slices."),
  comment(9103; 2; 11; "Same here, in the request of a client that sends 16 KiB chunks."),
  comment(9104; 0; 12; "It only shows after take, never after push."),
  comment(9105; 4; 13; "copy_to gives all bytes, so nothing is lost. Only the count is wrong."),
  comment(9106; 1; 15; "The counter on the metrics page is off for the same reason."),
  comment(9107; 2; 17; "BRV-131 has a shorter way to make it happen.")
];

def answer:
  if $what == "list" then issues
  elif $what == "issue" then issues[5] + {description: "After a take the length is too large. The bytes are right.", comments: comments}
  else {ok: true, updated: [issues[18], issues[5] | {key, state, comments, updated_at, url}]}
  end;
