// SPDX-License-Identifier: Apache-2.0

// Serves files whose reads take as long as one asks, with libfuse:
//   slow_file_server FILES BYTES DELAY_US
// mounts a file system with the files 0, 1, ... and prints the path of its root
// folder, below /proc; or a line "error: ..." and exits with 2. The mount point
// is gone by then, so nothing is left behind by whoever is killed. Ends, and
// the files with it, when its standard input does.
//
// A program of its own: a process that reads files which it serves itself can't
// be killed while it waits for them.

#define FUSE_USE_VERSION 31

#include <fcntl.h>
#include <fuse3/fuse_lowlevel.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "bench/engine/scratch_folder.h"
#include "bench/tasks/delay_line.h"

namespace parkway_bench {
namespace {

constexpr int kFailed = 2;
// Nothing ever changes: the kernel need not ask twice.
constexpr double kCacheSeconds = 3600;
// The kernel's own limit for reads ahead is 12 at a time.
constexpr unsigned kReadsAtATime = 1024;
// That of file 0; the ones before it are no file's and the folder's.
constexpr fuse_ino_t kFirstFile = FUSE_ROOT_ID + 1;

struct Settings {
  int files = 0;
  std::size_t bytes = 0;
  std::chrono::microseconds delay{0};
};

// What libfuse had to say last.
std::string last_message;

void TakeMessage(fuse_log_level, const char* format, va_list values) {
  char line[256];
  std::vsnprintf(line, sizeof(line), format, values);
  last_message = line;
  if (!last_message.empty() && last_message.back() == '\n') {
    last_message.pop_back();
  }
}

struct ReadRequest {
  fuse_req_t request;
  std::size_t bytes;
  off_t from;
};

struct Server {
  explicit Server(const Settings& s) : settings(s), content(s.bytes, 'x') {}

  void Answer(const ReadRequest& read) const {
    const std::size_t from =
        std::min(static_cast<std::size_t>(read.from), content.size());
    fuse_reply_buf(read.request, content.data() + from,
                   std::min(read.bytes, content.size() - from));
  }

  const Settings settings;
  const std::string content;
  DelayLine<ReadRequest> reads{
      settings.delay, [this](const ReadRequest& read) { Answer(read); }};
};

Server& ServerOf(fuse_req_t request) {
  return *static_cast<Server*>(fuse_req_userdata(request));
}

struct stat Attributes(const Settings& settings, fuse_ino_t inode) {
  struct stat attributes = {};
  attributes.st_ino = inode;
  attributes.st_uid = getuid();
  attributes.st_gid = getgid();
  if (inode == FUSE_ROOT_ID) {
    attributes.st_mode = S_IFDIR | 0555;
    attributes.st_nlink = 2;
  } else {
    attributes.st_mode = S_IFREG | 0444;
    attributes.st_nlink = 1;
    attributes.st_size = static_cast<off_t>(settings.bytes);
  }
  return attributes;
}

void LookUp(fuse_req_t request, fuse_ino_t parent, const char* name) {
  const Settings& settings = ServerOf(request).settings;
  int file = -1;
  if (parent != FUSE_ROOT_ID || !absl::SimpleAtoi(name, &file) || file < 0 ||
      file >= settings.files || absl::StrCat(file) != name) {
    fuse_reply_err(request, ENOENT);
    return;
  }
  fuse_entry_param entry = {};
  entry.ino = kFirstFile + static_cast<fuse_ino_t>(file);
  entry.attr = Attributes(settings, entry.ino);
  entry.attr_timeout = entry.entry_timeout = kCacheSeconds;
  fuse_reply_entry(request, &entry);
}

void GetAttributes(fuse_req_t request, fuse_ino_t inode, fuse_file_info*) {
  const struct stat attributes = Attributes(ServerOf(request).settings, inode);
  fuse_reply_attr(request, &attributes, kCacheSeconds);
}

// Without keep_cache: the page cache forgets a file that is opened.
void Open(fuse_req_t request, fuse_ino_t, fuse_file_info* file) {
  if ((file->flags & O_ACCMODE) == O_RDONLY) {
    fuse_reply_open(request, file);
  } else {
    fuse_reply_err(request, EACCES);
  }
}

void Read(fuse_req_t request, fuse_ino_t, std::size_t bytes, off_t from,
          fuse_file_info*) {
  ServerOf(request).reads.Add({request, bytes, from});
}

void Begin(void*, fuse_conn_info* connection) {
  connection->max_background = kReadsAtATime;
}

fuse_lowlevel_ops Operations() {
  fuse_lowlevel_ops operations = {};
  operations.init = &Begin;
  operations.lookup = &LookUp;
  operations.getattr = &GetAttributes;
  operations.open = &Open;
  operations.read = &Read;
  return operations;
}

int Fail(const std::string& why) {
  std::printf("error: %s\n", why.c_str());
  return kFailed;
}

std::string Reason() {
  return last_message.empty() ? std::strerror(errno) : last_message;
}

// Returns when standard input has ended.
void WaitForEnd() {
  char byte;
  ssize_t got;
  do {
    got = read(STDIN_FILENO, &byte, 1);
  } while (got > 0 || (got < 0 && errno == EINTR));
}

// A mounted file system that is nowhere to be seen. Served until the last
// descriptor of it is closed.
class HiddenMount {
 public:
  explicit HiddenMount(fuse_session* session) {
    const ScratchFolder mount_point;
    const char* const folder = mount_point.path().c_str();
    if (fuse_session_mount(session, folder) != 0) {
      error_ = absl::StrCat("can't mount a file system: ", Reason());
      return;
    }
    // Ends when nothing of the file system is open or mounted.
    loop_ = std::thread([session] { fuse_session_loop(session); });
    root_ = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root_ < 0 || umount2(folder, MNT_DETACH) != 0) {
      error_ = absl::StrCat("can't hide ", folder, ": ", std::strerror(errno));
      fuse_session_unmount(session);
    }
  }
  ~HiddenMount() {
    if (root_ >= 0) {
      close(root_);
    }
    if (loop_.joinable()) {
      loop_.join();
    }
  }
  HiddenMount(const HiddenMount&) = delete;
  HiddenMount& operator=(const HiddenMount&) = delete;

  // Not empty: why there is none.
  const std::string& error() const { return error_; }
  // Of the file system, a descriptor.
  int root() const { return root_; }

 private:
  std::string error_;
  std::thread loop_;
  int root_ = -1;
};

int Serve(const Settings& settings, char* program) {
  char* words[] = {program, nullptr};
  fuse_args arguments = FUSE_ARGS_INIT(1, words);
  const fuse_lowlevel_ops operations = Operations();
  Server server(settings);
  fuse_set_log_func(&TakeMessage);
  const std::unique_ptr<fuse_session, void (*)(fuse_session*)> session(
      fuse_session_new(&arguments, &operations, sizeof(operations), &server),
      &fuse_session_destroy);
  if (session == nullptr) {
    return Fail(absl::StrCat("libfuse gives no session: ", Reason()));
  }
  const HiddenMount mount(session.get());
  if (!mount.error().empty()) {
    return Fail(mount.error());
  }
  std::printf("/proc/%d/fd/%d\n", static_cast<int>(getpid()), mount.root());
  std::fflush(stdout);
  WaitForEnd();
  return 0;
}

int Main(int argc, char** argv) {
  Settings settings;
  int bytes = 0;
  int delay_us = 0;
  if (argc != 4 || !absl::SimpleAtoi(argv[1], &settings.files) ||
      !absl::SimpleAtoi(argv[2], &bytes) ||
      !absl::SimpleAtoi(argv[3], &delay_us) || settings.files <= 0 ||
      bytes <= 0 || delay_us < 0) {
    return Fail("usage: slow_file_server FILES BYTES DELAY_US");
  }
  settings.bytes = static_cast<std::size_t>(bytes);
  settings.delay = std::chrono::microseconds(delay_us);
  return Serve(settings, argv[0]);
}

}  // namespace
}  // namespace parkway_bench

int main(int argc, char** argv) { return parkway_bench::Main(argc, argv); }
