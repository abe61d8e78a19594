/*
 * replay: runs a fuzz target over files, without libFuzzer, so that every build can check that the
 * corpus and old crashers are still fine.
 *
 *     fuzz_parse_replay FILE|DIRECTORY...
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    /* Exactly as large as the input: a read beyond its end is seen by the sanitizers. */
    uint8_t *data = malloc(size ? size : 1);
    int ok = file && data && fread(data, 1, size, file) == size;
    if (ok)
        LLVMFuzzerTestOneInput(data, size);
    else
        fprintf(stderr, "cannot read %s\n", path);
    if (file)
        fclose(file);
    free(data);
    return ok ? 1 : -1;
}

/* Returns the number of inputs run, or -1. */
static int replay(const char *path)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        fprintf(stderr, "cannot find %s\n", path);
        return -1;
    }
    if (!S_ISDIR(info.st_mode))
        return replay_file(path, (size_t)info.st_size);

    DIR *directory = opendir(path);
    int count = 0;
    for (struct dirent *entry; directory && count >= 0 && (entry = readdir(directory));) {
        char child[4096];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(child, sizeof child, "%s/%s", path, entry->d_name);
        int inner = replay(child);
        count = inner < 0 ? -1 : count + inner;
    }
    if (directory)
        closedir(directory);
    return directory ? count : -1;
}

int main(int argc, char **argv)
{
    int total = 0;
    for (int i = 1; i < argc; i++) {
        int count = replay(argv[i]);
        if (count < 0)
            return 1;
        total += count;
    }
    printf("%d inputs\n", total);
    return total ? 0 : 1;
}
