/* A stand-in for libnvidia-ml.so.1, so that the true pynvml runs. It reads the text file that FAKE_NVML
 * names whenever that has changed; one line per setting:
 *   gpu INDEX KEY VALUE      state ok|lost|reset, name TEXT, and the numbers of NUMBERS below (-1 = not supported)
 *   field INDEX ID VALUE     a field value (-1 = not supported); held INDEX ID PERCENT: its nanoseconds grow with time
 *   proc INDEX PID BYTES     a compute process (BYTES -1 = not available); share INDEX PID PERCENT: its use
 *   slice INDEX GI BYTES     a MIG instance of that size
 *   without INDEX FUNCTION | denied INDEX FUNCTION       it answers "not supported" | "no permission"
 *                          (FUNCTION * = all but name and UUID)
 *   hangcall INDEX FUNCTION SECONDS                      FUNCTION * = every call on that GPU
 *   count N | hang SECONDS | driver ERRORCODE | nomemv2 1 | live 1 (energy grows with time)
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAX_GPUS 16
#define MAX_PROCS 32
#define MAX_SLICES 7
#define MAX_FAULTS 64
#define MAX_FIELD 320
enum { OK = 0, UNINITIALIZED = 1, INVALID = 2, NOT_SUPPORTED = 3, DENIED = 4, NOT_FOUND = 6, SMALL = 7, LOST = 15, RESET = 16, NO_FUNCTION = 13 };

/* name, value where nothing is set */
#define NUMBERS(X) \
  X(mig, 0) X(util, -2) X(memutil, -2) X(enc, 0) X(dec, 0) X(temp, -2) X(margin, 30) X(fan, 30) X(arch, 9) \
  X(used, 1LL << 30) X(total, 80LL << 30) X(power, -2) X(limit, 700000) X(energy, -2) X(average, -1) X(throttle, 0) \
  X(ecc, 0) X(eccmode, 1) X(retired, -1) X(pstate, 0) X(clock, 1755) X(maxclock, 1980) X(persistence, 1) X(compute, 0) \
  X(pciegen, 5) X(pciegenmax, 5) X(pciewidth, 16) X(pciewidthmax, 16) X(replays, 0) X(throughput, 1000) X(links, 0) \
  X(pulse, -1) X(remapped, 0) X(pending, 0) X(failed, 0)

typedef struct { unsigned pid; long long bytes; int share; } Proc;
typedef struct { int id; long long bytes; } Slice;
typedef struct {
  int lost, reset, nprocs, nslices;
#define X(name, start) long long name;
  NUMBERS(X)
#undef X
  long long field[MAX_FIELD];
  char held[MAX_FIELD];
  char name[160];
  Proc procs[MAX_PROCS];
  Slice slices[MAX_SLICES];
} Gpu;
typedef struct { int gpu, kind; double seconds; char function[160]; } Fault;
enum { WITHOUT, NO_RIGHT, HANG };
typedef struct { int count, hang, driver, nomemv2, live, nfaults; Gpu gpus[MAX_GPUS]; Fault faults[MAX_FAULTS]; } World;
typedef struct { int index, slice; } Device;

static Device devices[MAX_GPUS];
static Device slices[MAX_GPUS][MAX_SLICES];
static int initialized = 0;
static World world;
static struct stat seen;
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;

static double now_s(void) { struct timespec t; clock_gettime(CLOCK_REALTIME, &t); return t.tv_sec + t.tv_nsec / 1e9; }

static void set(Gpu *g, const char *key, const char *value) {
  if (!strcmp(key, "state")) { g->lost = !strcmp(value, "lost"); g->reset = !strcmp(value, "reset"); return; }
  if (!strcmp(key, "name")) { snprintf(g->name, sizeof g->name, "%s", value); return; }
  long long n = strtoll(value, NULL, 0);
#define X(field, start) if (!strcmp(key, #field)) { g->field = n; return; }
  NUMBERS(X)
#undef X
}

static void begin(World *w) {
  memset(w, 0, sizeof *w);
  for (int i = 0; i < MAX_GPUS; i++) {
    Gpu *g = &w->gpus[i];
#define X(name, start) g->name = start;
    NUMBERS(X)
#undef X
    g->util = 10 * (i + 1) % 101; g->memutil = g->util / 2; g->temp = 40 + i; g->power = 100000 + 1000 * i; g->energy = 5000000 + i;
    for (int f = 0; f < MAX_FIELD; f++) g->field[f] = -1;
    snprintf(g->name, sizeof g->name, "NVIDIA H100 80GB HBM3");
  }
}

static void fault(World *w, int gpu, int kind, const char *function, double seconds) {
  if (w->nfaults >= MAX_FAULTS) return;
  Fault *f = &w->faults[w->nfaults++];
  f->gpu = gpu; f->kind = kind; f->seconds = seconds;
  snprintf(f->function, sizeof f->function, "%s", function);
}

static void read_line(World *w, char *line) {
  char key[64], value[160];
  int index, id; unsigned pid; long long n; double s;
  if (sscanf(line, "count %d", &w->count) == 1 || sscanf(line, "hang %d", &w->hang) == 1 || sscanf(line, "driver %d", &w->driver) == 1 ||
      sscanf(line, "nomemv2 %d", &w->nomemv2) == 1 || sscanf(line, "live %d", &w->live) == 1) return;
  if (sscanf(line, "%63s %d", key, &index) != 2 || index < 0 || index >= MAX_GPUS) return;
  Gpu *g = &w->gpus[index];
  if (sscanf(line, "gpu %d %63s %159[^\n]", &index, key, value) == 3) set(g, key, value);
  else if (sscanf(line, "proc %d %u %lld", &index, &pid, &n) == 3 && g->nprocs < MAX_PROCS) { g->procs[g->nprocs].pid = pid; g->procs[g->nprocs].share = -1; g->procs[g->nprocs++].bytes = n; }
  else if (sscanf(line, "share %d %u %d", &index, &pid, &id) == 3) { for (int i = 0; i < g->nprocs; i++) if (g->procs[i].pid == pid) g->procs[i].share = id; }
  else if (sscanf(line, "slice %d %d %lld", &index, &id, &n) == 3 && g->nslices < MAX_SLICES) { g->slices[g->nslices].id = id; g->slices[g->nslices++].bytes = n; }
  else if (sscanf(line, "field %d %d %lld", &index, &id, &n) == 3 && id >= 0 && id < MAX_FIELD) g->field[id] = n;
  else if (sscanf(line, "held %d %d %lld", &index, &id, &n) == 3 && id >= 0 && id < MAX_FIELD) { g->field[id] = n; g->held[id] = 1; }
  else if (sscanf(line, "without %d %63s", &index, value) == 2) fault(w, index, WITHOUT, value, 0);
  else if (sscanf(line, "denied %d %63s", &index, value) == 2) fault(w, index, NO_RIGHT, value, 0);
  else if (sscanf(line, "hangcall %d %63s %lf", &index, value, &s) == 3) fault(w, index, HANG, value, s);
}

/* The lock is held. */
static void look(void) {
  const char *path = getenv("FAKE_NVML");
  struct stat is;
  if (!path || stat(path, &is)) { begin(&world); world.driver = 9; memset(&seen, 0, sizeof seen); return; }
  if (is.st_ino == seen.st_ino && is.st_mtim.tv_sec == seen.st_mtim.tv_sec && is.st_mtim.tv_nsec == seen.st_mtim.tv_nsec) return;
  FILE *f = fopen(path, "r");
  if (!f) return;
  seen = is;
  begin(&world);
  char line[256];
  while (fgets(line, sizeof line, f)) { line[strcspn(line, "\n")] = 0; read_line(&world, line); }
  fclose(f);
}

static double hangs(int gpu, const char *function) {
  if (world.hang) return world.hang;
  for (int i = 0; i < world.nfaults; i++) {
    Fault *f = &world.faults[i];
    if (f->kind == HANG && f->gpu == gpu && (!strcmp(f->function, "*") || !strcmp(f->function, function))) return f->seconds;
  }
  return 0;
}

/* Waits as long as it is told to hang, and no longer than that is so; then what stands in the way of the call. */
static int enter(Device *device, int whole, const char *function) {
  double began = now_s();
  int gpu = device ? device->index : -1, status = OK;
  pthread_mutex_lock(&guard);
  look();
  while (now_s() - began < hangs(gpu, function)) {
    pthread_mutex_unlock(&guard); usleep(5000); pthread_mutex_lock(&guard);
    look();
  }
  if (!initialized) status = UNINITIALIZED;
  else if (world.driver) status = world.driver;
  else if (whole) status = OK;
  else if (!device) status = INVALID;
  else if (world.gpus[gpu].lost) status = LOST;
  else if (world.gpus[gpu].reset) status = RESET;
  else for (int i = 0; i < world.nfaults; i++) {
    Fault *f = &world.faults[i];
    int all = !strcmp(f->function, "*") && strcmp(function, "nvmlDeviceGetUUID") && strcmp(function, "nvmlDeviceGetName");
    if (f->gpu == gpu && f->kind != HANG && (all || !strcmp(f->function, function))) status = f->kind == NO_RIGHT ? DENIED : NOT_SUPPORTED;
  }
  if (status != OK) pthread_mutex_unlock(&guard);
  return status;
}

#define WHOLE int status_ = enter(NULL, 1, __func__); if (status_) return status_
#define ENTER(g) int status_ = enter(device, 0, __func__); if (status_) return status_; Gpu *g = &world.gpus[device->index]; (void)g
#define LEAVE(code) do { int code_ = (code); pthread_mutex_unlock(&guard); return code_; } while (0)
#define NUMBER(function, type, key) \
  int function(Device *device, type *value) { ENTER(g); if (g->key < 0) LEAVE(NOT_SUPPORTED); *value = (type)g->key; LEAVE(OK); }
#define WORDS(function, format, ...) \
  int function(Device *device, char *value, unsigned length) { ENTER(g); snprintf(value, length, format, __VA_ARGS__); LEAVE(OK); }

int nvmlInitWithFlags(unsigned flags) { (void)flags; pthread_mutex_lock(&guard); look(); int code = world.driver; if (!code) initialized = 1; pthread_mutex_unlock(&guard); return code; }
int nvmlShutdown(void) { initialized = 0; return OK; }
const char *nvmlErrorString(int code) {
  switch (code) {
    case LOST: return "GPU is lost";
    case RESET: return "GPU requires reset";
    case NOT_SUPPORTED: return "Not Supported";
    case 9: return "Driver Not Loaded";
    case 18: return "Driver/library version mismatch";
    default: return "Error";
  }
}
int nvmlSystemGetDriverVersion(char *value, unsigned length) { WHOLE; snprintf(value, length, "570.86.15"); LEAVE(OK); }
int nvmlSystemGetCudaDriverVersion_v2(int *value) { WHOLE; *value = 12080; LEAVE(OK); }
int nvmlDeviceGetCount_v2(unsigned *count) { WHOLE; *count = world.count; LEAVE(OK); }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, Device **device) {
  WHOLE;
  if (index >= (unsigned)world.count) LEAVE(INVALID);
  if (world.gpus[index].lost) LEAVE(LOST);
  devices[index].index = index; devices[index].slice = -1; *device = &devices[index]; LEAVE(OK);
}

int nvmlDeviceGetUUID(Device *device, char *value, unsigned length) {
  ENTER(g);
  if (device->slice >= 0) snprintf(value, length, "MIG-fake-%04d-%d", device->index, g->slices[device->slice].id);
  else snprintf(value, length, "GPU-fake-%04d", device->index);
  LEAVE(OK);
}
int nvmlDeviceGetMinorNumber(Device *device, unsigned *value) { ENTER(g); *value = device->index; LEAVE(OK); }
int nvmlDeviceGetName(Device *device, char *value, unsigned length) {
  ENTER(g);
  if (device->slice >= 0) snprintf(value, length, "%s MIG 1g.10gb", g->name); else snprintf(value, length, "%s", g->name);
  LEAVE(OK);
}
WORDS(nvmlDeviceGetSerial, "16540000%04d", device->index)
WORDS(nvmlDeviceGetVbiosVersion, "96.00.89.00.%02X", 1)
WORDS(nvmlDeviceGetBoardPartNumber, "900-21010-%04d", 0)
typedef struct { char legacy[16]; unsigned domain, bus, device, id, subsystem; char bus_id[32]; } Pci;
int nvmlDeviceGetPciInfo_v3(Device *device, Pci *value) {
  ENTER(g);
  memset(value, 0, sizeof *value);
  value->bus = 0x10 + device->index;
  snprintf(value->bus_id, sizeof value->bus_id, "00000000:%02X:00.0", value->bus); LEAVE(OK);
}
NUMBER(nvmlDeviceGetArchitecture, unsigned, arch)
int nvmlDeviceGetMigMode(Device *device, unsigned *current, unsigned *pending) { ENTER(g); if (g->mig < 0) LEAVE(NOT_SUPPORTED); *current = *pending = g->mig; LEAVE(OK); }
int nvmlDeviceGetMaxMigDeviceCount(Device *device, unsigned *value) { ENTER(g); *value = MAX_SLICES; LEAVE(OK); }
int nvmlDeviceGetMigDeviceHandleByIndex(Device *device, unsigned index, Device **value) {
  ENTER(g);
  if (index >= (unsigned)g->nslices) LEAVE(NOT_FOUND);
  slices[device->index][index].index = device->index; slices[device->index][index].slice = index;
  *value = &slices[device->index][index]; LEAVE(OK);
}
int nvmlDeviceGetGpuInstanceId(Device *device, unsigned *value) { ENTER(g); if (device->slice < 0) LEAVE(NOT_SUPPORTED); *value = g->slices[device->slice].id; LEAVE(OK); }
int nvmlDeviceGetComputeInstanceId(Device *device, unsigned *value) { ENTER(g); if (device->slice < 0) LEAVE(NOT_SUPPORTED); *value = 0; LEAVE(OK); }

int nvmlDeviceGetUtilizationRates(Device *device, unsigned *rates) { ENTER(g); if (g->mig == 1 || g->util < 0) LEAVE(NOT_SUPPORTED); rates[0] = g->util; rates[1] = g->memutil; LEAVE(OK); }
int nvmlDeviceGetEncoderUtilization(Device *device, unsigned *value, unsigned *period) { ENTER(g); if (g->mig == 1 || g->enc < 0) LEAVE(NOT_SUPPORTED); *value = g->enc; *period = 167000; LEAVE(OK); }
int nvmlDeviceGetDecoderUtilization(Device *device, unsigned *value, unsigned *period) { ENTER(g); if (g->mig == 1 || g->dec < 0) LEAVE(NOT_SUPPORTED); *value = g->dec; *period = 167000; LEAVE(OK); }
int nvmlDeviceGetMemoryInfo(Device *device, unsigned long long *m) {
  ENTER(g);
  if (g->total < 0) LEAVE(NOT_SUPPORTED);
  long long total = device->slice >= 0 ? g->slices[device->slice].bytes : g->total;
  long long used = device->slice >= 0 ? g->slices[device->slice].bytes / 4 : g->used;
  m[0] = total; m[1] = total - used; m[2] = used; LEAVE(OK);
}
typedef struct { unsigned version; unsigned long long total, reserved, free, used; } MemoryV2;
int nvmlDeviceGetMemoryInfo_v2(Device *device, MemoryV2 *m) {
  ENTER(g);
  if (world.nomemv2) LEAVE(NO_FUNCTION);
  if (g->total < 0) LEAVE(NOT_SUPPORTED);
  m->total = g->total; m->reserved = 512LL << 20; m->used = g->used; m->free = g->total - g->used - m->reserved; LEAVE(OK);
}
int nvmlDeviceGetTemperature(Device *device, int sensor, unsigned *value) { ENTER(g); (void)sensor; if (g->temp < 0) LEAVE(NOT_SUPPORTED); *value = g->temp; LEAVE(OK); }
typedef struct { unsigned version; int margin; } Margin;
int nvmlDeviceGetMarginTemperature(Device *device, Margin *value) { ENTER(g); if (g->margin == -1) LEAVE(NOT_SUPPORTED); value->margin = g->margin; LEAVE(OK); }
NUMBER(nvmlDeviceGetPowerUsage, unsigned, power)
NUMBER(nvmlDeviceGetEnforcedPowerLimit, unsigned, limit)
static long long energy_of(Gpu *g) { return world.live ? (long long)(now_s() * g->power) : g->energy; }
int nvmlDeviceGetTotalEnergyConsumption(Device *device, unsigned long long *value) { ENTER(g); if (g->energy < 0) LEAVE(NOT_SUPPORTED); *value = energy_of(g); LEAVE(OK); }
NUMBER(nvmlDeviceGetFanSpeed, unsigned, fan)
int nvmlDeviceGetClockInfo(Device *device, int kind, unsigned *value) { ENTER(g); if (g->clock < 0) LEAVE(NOT_SUPPORTED); *value = kind == 2 ? 2619 : g->clock; LEAVE(OK); }
int nvmlDeviceGetMaxClockInfo(Device *device, int kind, unsigned *value) { ENTER(g); if (g->maxclock < 0) LEAVE(NOT_SUPPORTED); *value = kind == 2 ? 2619 : g->maxclock; LEAVE(OK); }
NUMBER(nvmlDeviceGetPerformanceState, int, pstate)
NUMBER(nvmlDeviceGetPersistenceMode, int, persistence)
NUMBER(nvmlDeviceGetComputeMode, int, compute)
NUMBER(nvmlDeviceGetCurrentClocksEventReasons, unsigned long long, throttle)
int nvmlDeviceGetEccMode(Device *device, int *current, int *pending) { ENTER(g); if (g->eccmode < 0) LEAVE(NOT_SUPPORTED); *current = *pending = g->eccmode; LEAVE(OK); }
int nvmlDeviceGetTotalEccErrors(Device *device, int error, int counter, unsigned long long *value) { ENTER(g); (void)counter; if (g->ecc < 0) LEAVE(NOT_SUPPORTED); *value = error ? g->ecc : 0; LEAVE(OK); }
int nvmlDeviceGetRetiredPages(Device *device, int cause, unsigned *count, unsigned long long *pages) {
  ENTER(g);
  if (g->retired < 0) LEAVE(NOT_SUPPORTED);
  unsigned wanted = cause ? g->retired : 0, room = *count; *count = wanted;
  if (!wanted) LEAVE(OK);
  if (!pages || room < wanted) LEAVE(SMALL);
  for (unsigned i = 0; i < wanted; i++) pages[i] = 4096ULL * i;
  LEAVE(OK);
}
int nvmlDeviceGetRetiredPagesPendingStatus(Device *device, int *value) { ENTER(g); if (g->retired < 0) LEAVE(NOT_SUPPORTED); *value = 0; LEAVE(OK); }
int nvmlDeviceGetRemappedRows(Device *device, unsigned *corrected, unsigned *uncorrected, unsigned *pending, unsigned *failed) {
  ENTER(g);
  if (g->mig == 1 || g->remapped < 0) LEAVE(NOT_SUPPORTED);
  *corrected = 0; *uncorrected = g->remapped; *pending = g->pending; *failed = g->failed; LEAVE(OK);
}
NUMBER(nvmlDeviceGetCurrPcieLinkGeneration, unsigned, pciegen)
NUMBER(nvmlDeviceGetMaxPcieLinkGeneration, unsigned, pciegenmax)
NUMBER(nvmlDeviceGetCurrPcieLinkWidth, unsigned, pciewidth)
NUMBER(nvmlDeviceGetMaxPcieLinkWidth, unsigned, pciewidthmax)
NUMBER(nvmlDeviceGetPcieReplayCounter, unsigned, replays)
int nvmlDeviceGetPcieThroughput(Device *device, int direction, unsigned *value) {
  ENTER(g);
  if (g->throughput < 0) LEAVE(NOT_SUPPORTED);
  *value = g->throughput * (direction + 1);
  pthread_mutex_unlock(&guard); usleep(20000); return OK; /* the true one measures for 20 ms */
}
int nvmlDeviceGetNvLinkState(Device *device, unsigned link, unsigned *active) { ENTER(g); if ((long long)link >= g->links) LEAVE(NOT_SUPPORTED); *active = 1; LEAVE(OK); }

typedef struct { unsigned field, scope; long long stamp, latency; int type, status; union { double d; unsigned u; unsigned long long ull; } value; } Field;
int nvmlDeviceGetFieldValues(Device *device, int count, Field *fields) {
  ENTER(g);
  for (int i = 0; i < count; i++) {
    unsigned id = fields[i].field;
    long long value = id < MAX_FIELD ? g->field[id] : -1;
    if (id < MAX_FIELD && g->held[id] && value >= 0) value = (long long)(now_s() * 1e9) / 100 * value;
    if (id == 185 && g->average >= 0) value = g->average;
    if (id == 83 && world.live && g->energy >= 0) value = energy_of(g);
    fields[i].type = value > 0xFFFFFFFELL ? 3 : 1;
    fields[i].status = value >= 0 ? OK : NOT_SUPPORTED;
    if (fields[i].type == 3) fields[i].value.ull = value; else fields[i].value.u = value >= 0 ? (unsigned)value : 0;
  }
  LEAVE(OK);
}
/* A buffer of 100 samples, one each sixth of a second, up to now; with pulse set, every second one is that. */
typedef struct { unsigned long long stamp; union { double d; unsigned u; unsigned long long ull; } value; } Sample;
int nvmlDeviceGetSamples(Device *device, int kind, unsigned long long after, int *type, unsigned *count, Sample *rows) {
  ENTER(g);
  if (g->mig == 1 || g->util < 0 || (kind != 1 && kind != 2)) LEAVE(NOT_SUPPORTED);
  unsigned long long last = (unsigned long long)(now_s() * 6);
  unsigned room = *count, found = 0;
  *type = 1;
  for (unsigned long long tick = last - 99; tick <= last; tick++) {
    unsigned long long stamp = tick * 1000000ULL / 6;
    if (stamp <= after) continue;
    if (rows && found < room) {
      rows[found].stamp = stamp;
      rows[found].value.u = g->pulse >= 0 && tick % 2 ? g->pulse : kind == 1 ? g->util : g->memutil;
    }
    found++;
  }
  *count = rows && found > room ? room : found;
  LEAVE(found ? OK : NOT_FOUND);
}
typedef struct { unsigned pid; unsigned long long stamp; unsigned sm, memory, encoder, decoder; } Share;
int nvmlDeviceGetProcessUtilization(Device *device, Share *rows, unsigned *count, unsigned long long after) {
  ENTER(g);
  if (g->mig == 1) LEAVE(NOT_SUPPORTED);
  unsigned room = *count, found = 0;
  (void)after;
  for (int i = 0; i < g->nprocs; i++) {
    if (g->procs[i].share < 0) continue;
    if (rows && found < room) { memset(&rows[found], 0, sizeof *rows); rows[found].pid = g->procs[i].pid; rows[found].sm = g->procs[i].share; rows[found].stamp = (unsigned long long)(now_s() * 1e6); }
    found++;
  }
  *count = found;
  if (!found) LEAVE(NOT_FOUND);
  LEAVE(rows && room >= found ? OK : SMALL);
}
typedef struct { unsigned pid; unsigned long long memory; unsigned instance, compute; } ProcessV3;
int nvmlDeviceGetComputeRunningProcesses_v3(Device *device, unsigned *count, ProcessV3 *rows) {
  ENTER(g);
  unsigned room = *count, there = g->mig == 1 && device->slice != 0 ? 0 : g->nprocs;
  *count = there;
  if (!there) LEAVE(OK);
  if (!rows || room < there) LEAVE(SMALL);
  for (unsigned i = 0; i < there; i++) {
    memset(&rows[i], 0, sizeof rows[i]);
    rows[i].pid = g->procs[i].pid; rows[i].memory = (unsigned long long)g->procs[i].bytes;
  }
  LEAVE(OK);
}
int nvmlDeviceGetGraphicsRunningProcesses_v3(Device *device, unsigned *count, ProcessV3 *rows) { ENTER(g); (void)rows; *count = 0; LEAVE(OK); }
