// Twilio's own library, asked over standard input and output: it signs what the carrier of a story sends, a JSON line in,
// a JSON line out, in order.
//
//   asked  {"url": …, "params": {field: value}}
//   says   {"signature": …}
'use strict';
const readline = require('readline');
const { getExpectedTwilioSignature } = require('twilio/lib/webhooks/webhooks');

const token = process.argv[2];

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const { url, params } = JSON.parse(line);
  process.stdout.write(JSON.stringify({ signature: getExpectedTwilioSignature(token, url, params) }) + '\n');
});
