# What the library is made with; the shared library needs none of it at link time. xxHash is
# compiled in from its header. The config file of the CMake package looks for the same modules.
# The names are prefixed: a host's own pkg_check_modules(LIBGIT2 ...) stays its own.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(GITOPS_LIBGIT2 REQUIRED IMPORTED_TARGET GLOBAL libgit2>=1.5)
pkg_check_modules(GITOPS_LIBYAML REQUIRED IMPORTED_TARGET GLOBAL yaml-0.1)
pkg_check_modules(GITOPS_SQLITE3 REQUIRED IMPORTED_TARGET GLOBAL sqlite3)
pkg_check_modules(GITOPS_CRYPTO REQUIRED IMPORTED_TARGET GLOBAL libcrypto)
pkg_check_modules(GITOPS_ZLIB REQUIRED IMPORTED_TARGET GLOBAL zlib)
pkg_check_modules(GITOPS_XXHASH REQUIRED libxxhash)
set(GITOPS_DEPENDENCIES PkgConfig::GITOPS_LIBGIT2 PkgConfig::GITOPS_LIBYAML
    PkgConfig::GITOPS_SQLITE3 PkgConfig::GITOPS_CRYPTO PkgConfig::GITOPS_ZLIB Threads::Threads)
