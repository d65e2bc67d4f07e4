// Standard input, JSON, as TOON. Several documents, a line each, are the rows of one array.
// Numbers go through the language's own, as with any user of TOON.
import { readFileSync } from 'node:fs';
import { encode } from '@toon-format/toon';

const text = readFileSync(0, 'utf8');
const lines = () => text.split('\n').filter((line) => line.trim() !== '');

function parse() {
  try {
    return JSON.parse(text);
  } catch {
    return lines().map((line) => JSON.parse(line));
  }
}

process.stdout.write(encode(parse()));
