/* A stand-in for libnvidia-ml.so.1, so that the true pynvml runs. It reads the text file that FAKE_NVML
 * names anew in each call; one line per setting:
 *   gpu INDEX KEY VALUE      state ok|lost|reset, mig, util, used, total, temp, power, energy, throttle, ecc, arch,
 *                            name, fan (-1 = not supported), average (milliwatts, -1 = no such field)
 *   proc INDEX PID BYTES     a compute process (BYTES -1 = not available)
 *   count N | hang SECONDS | driver ERRORCODE | nomemv2 1
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_GPUS 16
#define MAX_PROCS 32
enum { OK = 0, UNINITIALIZED = 1, INVALID = 2, NOT_SUPPORTED = 3, SMALL = 7, NO_FUNCTION = 13, LOST = 15, RESET = 16 };

typedef struct { unsigned pid; long long bytes; } Proc;
typedef struct {
  int present, lost, reset, mig, util, temp, fan, arch, nprocs;
  long long used, total, power, energy, throttle, ecc, average;
  char name[160];
  Proc procs[MAX_PROCS];
} Gpu;
typedef struct { int count, hang, driver, nomemv2; Gpu gpus[MAX_GPUS]; } World;
typedef struct { int index; } Device;

static Device devices[MAX_GPUS];
static int initialized = 0;

static void set(Gpu *g, const char *key, const char *value) {
  long long n = atoll(value);
  if (!strcmp(key, "state")) { g->lost = !strcmp(value, "lost"); g->reset = !strcmp(value, "reset"); }
  else if (!strcmp(key, "name")) { snprintf(g->name, sizeof g->name, "%s", value); }
  else if (!strcmp(key, "mig")) g->mig = n;
  else if (!strcmp(key, "util")) g->util = n;
  else if (!strcmp(key, "used")) g->used = n;
  else if (!strcmp(key, "total")) g->total = n;
  else if (!strcmp(key, "temp")) g->temp = n;
  else if (!strcmp(key, "power")) g->power = n;
  else if (!strcmp(key, "energy")) g->energy = n;
  else if (!strcmp(key, "throttle")) g->throttle = n;
  else if (!strcmp(key, "ecc")) g->ecc = n;
  else if (!strcmp(key, "arch")) g->arch = n;
  else if (!strcmp(key, "fan")) g->fan = n;
  else if (!strcmp(key, "average")) g->average = n;
}

static void look(World *w) {
  memset(w, 0, sizeof *w);
  for (int i = 0; i < MAX_GPUS; i++) {
    Gpu *g = &w->gpus[i];
    g->util = 10 * (i + 1); g->temp = 40 + i; g->fan = 30; g->arch = 9; g->average = -1;
    g->total = 80LL << 30; g->used = 1LL << 30; g->power = 100000 + 1000 * i; g->energy = 5000000 + i;
    snprintf(g->name, sizeof g->name, "NVIDIA H100 80GB HBM3");
  }
  const char *path = getenv("FAKE_NVML");
  FILE *f = path ? fopen(path, "r") : NULL;
  if (!f) { w->driver = 9; return; }
  char line[256], key[64], value[160];
  int index; unsigned pid; long long n;
  while (fgets(line, sizeof line, f)) {
    line[strcspn(line, "\n")] = 0;
    if (sscanf(line, "gpu %d %63s %159[^\n]", &index, key, value) == 3 && index >= 0 && index < MAX_GPUS) set(&w->gpus[index], key, value);
    else if (sscanf(line, "proc %d %u %lld", &index, &pid, &n) == 3 && index >= 0 && index < MAX_GPUS) {
      Gpu *g = &w->gpus[index];
      if (g->nprocs < MAX_PROCS) { g->procs[g->nprocs].pid = pid; g->procs[g->nprocs++].bytes = n; }
    }
    else if (sscanf(line, "count %d", &index) == 1) w->count = index;
    else if (sscanf(line, "hang %d", &index) == 1) w->hang = index;
    else if (sscanf(line, "driver %d", &index) == 1) w->driver = index;
    else if (sscanf(line, "nomemv2 %d", &index) == 1) w->nomemv2 = index;
  }
  fclose(f);
  if (w->hang) sleep(w->hang);
}

/* Every call on a device begins alike. */
#define ENTER(w, g) World w; Gpu *g; look(&w); \
  if (!initialized) return UNINITIALIZED; \
  if (w.driver) return w.driver; \
  if (!device) return INVALID; \
  g = &w.gpus[device->index]; \
  if (g->lost) return LOST; \
  if (g->reset) return RESET

int nvmlInitWithFlags(unsigned flags) { World w; (void)flags; look(&w); if (w.driver) return w.driver; initialized = 1; return OK; }
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
int nvmlDeviceGetCount_v2(unsigned *count) { World w; look(&w); if (!initialized) return UNINITIALIZED; if (w.driver) return w.driver; *count = w.count; return OK; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, Device **device) {
  World w; look(&w);
  if (!initialized) return UNINITIALIZED;
  if (w.driver) return w.driver;
  if (index >= (unsigned)w.count) return INVALID;
  if (w.gpus[index].lost) return LOST;
  devices[index].index = index; *device = &devices[index]; return OK;
}
int nvmlDeviceGetUUID(Device *device, char *uuid, unsigned length) { ENTER(w, g); (void)g; snprintf(uuid, length, "GPU-fake-%04d", device->index); return OK; }
int nvmlDeviceGetName(Device *device, char *name, unsigned length) { ENTER(w, g); snprintf(name, length, "%s", g->name); return OK; }
int nvmlDeviceGetArchitecture(Device *device, unsigned *arch) { ENTER(w, g); *arch = g->arch; return OK; }
int nvmlDeviceGetMigMode(Device *device, unsigned *current, unsigned *pending) { ENTER(w, g); *current = *pending = g->mig; return OK; }
int nvmlDeviceGetUtilizationRates(Device *device, unsigned *rates) { ENTER(w, g); if (g->mig) return NOT_SUPPORTED; rates[0] = g->util; rates[1] = g->util / 2; return OK; }
int nvmlDeviceGetMemoryInfo(Device *device, unsigned long long *m) { ENTER(w, g); m[0] = g->total; m[1] = g->total - g->used; m[2] = g->used; return OK; }
typedef struct { unsigned version; unsigned long long total, reserved, free, used; } MemoryV2;
int nvmlDeviceGetMemoryInfo_v2(Device *device, MemoryV2 *m) {
  ENTER(w, g);
  if (w.nomemv2) return NO_FUNCTION;
  m->total = g->total; m->reserved = 512LL << 20; m->used = g->used; m->free = g->total - g->used - m->reserved; return OK;
}
int nvmlDeviceGetTemperature(Device *device, int sensor, unsigned *value) { ENTER(w, g); (void)sensor; *value = g->temp; return OK; }
int nvmlDeviceGetPowerUsage(Device *device, unsigned *value) { ENTER(w, g); if (g->power < 0) return NOT_SUPPORTED; *value = g->power; return OK; }
int nvmlDeviceGetEnforcedPowerLimit(Device *device, unsigned *value) { ENTER(w, g); (void)g; *value = 700000; return OK; }
int nvmlDeviceGetTotalEnergyConsumption(Device *device, unsigned long long *value) { ENTER(w, g); *value = g->energy; return OK; }
int nvmlDeviceGetFanSpeed(Device *device, unsigned *value) { ENTER(w, g); if (g->fan < 0) return NOT_SUPPORTED; *value = g->fan; return OK; }
int nvmlDeviceGetClockInfo(Device *device, int kind, unsigned *value) { ENTER(w, g); (void)g; *value = kind == 1 ? 1755 : 2619; return OK; }
int nvmlDeviceGetCurrentClocksEventReasons(Device *device, unsigned long long *bits) { ENTER(w, g); *bits = g->throttle; return OK; }
int nvmlDeviceGetTotalEccErrors(Device *device, int error, int counter, unsigned long long *value) { ENTER(w, g); (void)error; (void)counter; *value = g->ecc; return OK; }
typedef struct { unsigned field, scope; long long stamp, latency; int type, status; union { double d; unsigned u; unsigned long long ull; } value; } Field;
int nvmlDeviceGetFieldValues(Device *device, int count, Field *fields) {
  ENTER(w, g);
  for (int i = 0; i < count; i++) {
    fields[i].type = 1;
    fields[i].status = fields[i].field == 185 && g->average >= 0 ? OK : NOT_SUPPORTED;
    fields[i].value.u = fields[i].status == OK ? (unsigned)g->average : 0;
  }
  return OK;
}
typedef struct { unsigned pid; unsigned long long memory; unsigned instance, compute; } ProcessV3;
int nvmlDeviceGetComputeRunningProcesses_v3(Device *device, unsigned *count, ProcessV3 *rows) {
  ENTER(w, g);
  unsigned room = *count; *count = g->nprocs;
  if (!g->nprocs) return OK;
  if (!rows || room < (unsigned)g->nprocs) return SMALL;
  for (int i = 0; i < g->nprocs; i++) {
    memset(&rows[i], 0, sizeof rows[i]);
    rows[i].pid = g->procs[i].pid; rows[i].memory = (unsigned long long)g->procs[i].bytes;
  }
  return OK;
}
int nvmlDeviceGetGraphicsRunningProcesses_v3(Device *device, unsigned *count, ProcessV3 *rows) { ENTER(w, g); (void)g; (void)rows; *count = 0; return OK; }
