#pragma once

namespace harborline::storage::sqlite {

/// The name of a VFS around the default one. SQLite writes a log in pieces, two for each page; this one gathers the
/// pieces of a commit and hands them to the disk as one when they are to be synced. And it lets a log grow by a quarter
/// of a megabyte at once.
///
/// Only for a connection with `synchronous = FULL`, whose every commit syncs the log before anybody is told of its
/// pages, and with `cache_spill = OFF`, which writes at a commit only: else pages of a transaction that was rolled back
/// would be handed over later, on top of those of another process.
const char* gathering_vfs();

}  // namespace harborline::storage::sqlite
