#pragma once

namespace harborline::storage::sqlite {

/// The name of a VFS around the default one. SQLite writes a log in pieces, two for each page; this one gathers those
/// that follow one another and hands them to the disk as one piece, at the latest when they are to be synced. Only for
/// a connection with `synchronous = FULL`: others read a commit's pages from the file once it is told done, and what
/// makes them stand there is the sync before that.
const char* gathering_vfs();

}  // namespace harborline::storage::sqlite
