/** What the log needs of a file system: as narrow as its writer, so that a test can make each operation fail once. */

/** A held descriptor, opened for appending. */
export interface HeldFile {
  write(bytes: Uint8Array): Promise<void>
  /** fdatasync: resolves when the bytes survive a power cut. */
  sync(): Promise<void>
  close(): Promise<void>
}

export interface FilePort {
  /** Names in a folder, sorted; empty when there is no such folder. */
  list(folder: string): Promise<string[]>
  /** Undefined when there is no such file. */
  read(path: string): Promise<Buffer | undefined>
  /** Creates a folder with mode 0700, and what lies above it. */
  makeFolder(folder: string): Promise<void>
  /** Creates a file that must not exist, mode 0600, and makes its name durable (fsync of the folder). */
  create(path: string): Promise<HeldFile>
  /** Opens an existing file at its end. */
  append(path: string): Promise<HeldFile>
  truncate(path: string, size: number): Promise<void>
  /** Takes a file away that must be there. */
  remove(path: string): Promise<void>
  /** Whole content at once, durable: temporary file, fsync, rename, fsync of the folder. */
  replace(path: string, bytes: Uint8Array): Promise<void>
}
