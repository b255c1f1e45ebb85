// A carrier's SMSC on loopback, without a will of its own: what happens is a JSON line on standard output, what it is to
// do a JSON line on standard input. Contents are hexadecimal bytes, exactly as they are on the wire.
//
//   says  {"event": "listening", "port": …}
//         {"event": "bound"} · {"event": "unbound"}
//         {"event": "submitted", "session": …, "sequence_number": …, "short_message": …, every field of the submit_sm}
//         {"event": "answered", "id": …, "status": …}               to a deliver; status null: the connection is gone
//   does  {"do": "deliver", "id": …, "pdu": {fields of a deliver_sm}}
//         {"do": "answer", "session": …, "sequence_number": …, "status": …, "message_id": …}     to a submit
//         {"do": "drop"}                                            cuts every connection
//         {"do": "close"} · {"do": "open"}                          the account: binds are refused meanwhile
'use strict';
const readline = require('readline');
const smpp = require('smpp');

const BYTES = ['short_message', 'message_payload'];
// The library would guess at texts; the tests want the bytes.
for (const command of ['submit_sm', 'deliver_sm']) delete smpp.commands[command].params.short_message.filter;
delete smpp.tlvs.message_payload.filter;

const sessions = new Map(); // The bound ones, by number.
let last = 0;
let closed = false; // The account.

const say = (event) => process.stdout.write(JSON.stringify(event) + '\n');

function fields(pdu) {
  const shown = Object.entries(pdu).filter(([, value]) => typeof value !== 'function');
  return Object.fromEntries(shown.map(([key, value]) => [key, Buffer.isBuffer(value) ? value.toString('hex') : value]));
}

function bind(session, number, pdu) {
  if (closed || pdu.system_id !== process.argv[2] || pdu.password !== process.argv[3])
    return session.send(pdu.response({ command_status: smpp.ESME_RINVPASWD }));
  session.send(pdu.response({ system_id: 'smsc' }));
  sessions.set(number, session);
  say({ event: 'bound' });
}

const server = smpp.createServer((session) => {
  const number = ++last;
  session.on('bind_transceiver', (pdu) => bind(session, number, pdu));
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu) => session.send(pdu.response(), () => session.close()));
  session.on('submit_sm', (pdu) => say({ ...fields(pdu), event: 'submitted', session: number }));
  session.on('error', () => session.destroy());
  session.on('close', () => {
    if (!sessions.delete(number)) return;
    for (const id of session.unanswered ?? []) say({ event: 'answered', id, status: null });
    say({ event: 'unbound' });
  });
});

function deliver({ id, pdu }) {
  const [session] = sessions.values();
  if (!session) return say({ event: 'answered', id, status: null });
  session.unanswered ??= new Set();
  session.unanswered.add(id);
  const contents = BYTES.filter((key) => key in pdu).map((key) => [key, Buffer.from(pdu[key], 'hex')]);
  session.deliver_sm({ ...pdu, ...Object.fromEntries(contents) }, (response) => {
    session.unanswered.delete(id);
    say({ event: 'answered', id, status: response.command_status });
  });
}

function answer({ session, sequence_number, status, message_id }) {
  const response = new smpp.PDU('submit_sm_resp', { sequence_number, command_status: status, message_id });
  sessions.get(session)?.send(response);
}

const orders = {
  deliver,
  answer,
  drop: () => sessions.forEach((session) => session.destroy()),
  close: () => (closed = true),
  open: () => (closed = false),
};

readline
  .createInterface({ input: process.stdin })
  .on('line', (line) => {
    const order = JSON.parse(line);
    orders[order.do](order);
  })
  .on('close', () => process.exit(0));

server.listen(0, '127.0.0.1', () => say({ event: 'listening', port: server.address().port }));
