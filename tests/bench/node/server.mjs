// What a user would write instead: the same petitions from the same carrier, with fastify, better-sqlite3 and
// ussd-menu-builder. The same writes with the same durability: dedupe by the carrier's id, handset, conversation, turn,
// answer in an outbox, matter at the end; numbers and texts sealed; WAL, synchronous=FULL; 200 only after the commit.
//
// usage: server.mjs PORT DATABASE single|grouped
//   single: a transaction a message.   grouped: one for everything that waits (setImmediate).
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import Database from 'better-sqlite3'
import fastify from 'fastify'
import { petitionMenu } from './menu.mjs'

const [port, file, mode] = process.argv.slice(2)

const db = new Database(file)
db.pragma('journal_mode = WAL')
db.pragma('synchronous = FULL')
db.pragma('wal_autocheckpoint = 16000')
db.pragma('cache_size = -65536')
db.exec(`
  CREATE TABLE IF NOT EXISTS handset (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, sealed BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS conversation (handset INTEGER PRIMARY KEY, at INTEGER NOT NULL, sealed BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS turn (id INTEGER PRIMARY KEY, carrier_id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL,
    handset INTEGER NOT NULL, sealed BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS outbox (id INTEGER PRIMARY KEY, handset INTEGER NOT NULL, state INTEGER NOT NULL,
    due_at INTEGER NOT NULL, sealed BLOB NOT NULL);
  CREATE INDEX IF NOT EXISTS outbox_due ON outbox (due_at) WHERE state = 0;
  CREATE TABLE IF NOT EXISTS matter (id INTEGER PRIMARY KEY, handset INTEGER NOT NULL, at INTEGER NOT NULL,
    sealed BLOB NOT NULL);
`)
const findTurn = db.prepare('SELECT 1 FROM turn WHERE carrier_id = ?')
const findHandset = db.prepare('SELECT id FROM handset WHERE key = ?')
const addHandset = db.prepare('INSERT INTO handset (key, sealed) VALUES (?, ?)')
const findConversation = db.prepare('SELECT sealed FROM conversation WHERE handset = ?')
const putConversation = db.prepare(`INSERT INTO conversation VALUES (?, ?, ?)
  ON CONFLICT (handset) DO UPDATE SET at = excluded.at, sealed = excluded.sealed`)
const addTurn = db.prepare('INSERT INTO turn (carrier_id, at, handset, sealed) VALUES (?, ?, ?, ?)')
const addAnswer = db.prepare('INSERT INTO outbox (handset, state, due_at, sealed) VALUES (?, 0, ?, ?)')
const addMatter = db.prepare('INSERT INTO matter (handset, at, sealed) VALUES (?, ?, ?)')

const dataKey = randomBytes(32)
const indexKey = randomBytes(32)

function seal(text) {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('chacha20-poly1305', dataKey, nonce, { authTagLength: 16 })
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
}

function open(sealed) {
  const decipher = createDecipheriv('chacha20-poly1305', dataKey, sealed.subarray(0, 12), { authTagLength: 16 })
  decipher.setAuthTag(sealed.subarray(-16))
  return decipher.update(sealed.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8')
}

function handsetOf(number) {
  const key = createHmac('sha256', indexKey).update(number).digest().subarray(0, 8)
  return findHandset.get(key)?.id ?? addHandset.run(key, seal(number)).lastInsertRowid
}

/** One text, inside a transaction. The menu answers at once: it waits for nothing outside. */
function take({ id, from, text }) {
  if (findTurn.get(id)) return
  const now = Date.now()
  const handset = handsetOf(from)
  const known = findConversation.get(handset)
  const answer = petitionMenu(known ? JSON.parse(open(known.sealed)) : { route: null }, text)
  putConversation.run(handset, now, seal(JSON.stringify(answer.state)))
  addTurn.run(id, now, handset, seal(text))
  addAnswer.run(handset, now, seal(answer.words))
  if (answer.petition) addMatter.run(handset, now, seal(JSON.stringify(answer.petition)))
}

const takeOne = db.transaction(take)
const takeAll = db.transaction((waiting) => {
  for (const { message } of waiting) take(message)
})

let waiting = []
function commitGroup() {
  const group = waiting
  waiting = []
  try {
    takeAll(group)
    for (const { resolve } of group) resolve()
  } catch (error) {
    for (const { reject } of group) reject(error)
  }
}
function joinGroup(message) {
  return new Promise((resolve, reject) => {
    if (waiting.push({ message, resolve, reject }) === 1) setImmediate(commitGroup)
  })
}
const store = mode === 'grouped' ? joinGroup : takeOne

const app = fastify({ logger: false, bodyLimit: 65536 })
app.removeAllContentTypeParsers()
app.addContentTypeParser('text/plain', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
const utf16 = new TextDecoder('utf-16be', { fatal: true })
app.post('/in/kannel/:token/sms', async (request, reply) => {
  await store({ id: request.query.id, from: request.headers['x-kannel-from'], text: utf16.decode(request.body) })
  return reply.code(200).type('text/plain').send('')
})
await app.listen({ port: Number(port), host: '127.0.0.1' })
