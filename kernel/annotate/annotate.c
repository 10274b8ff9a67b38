// SPDX-License-Identifier: GPL-2.0
/*
 * Annotates the tail of a DRM device's atomic commits as a dma-fence signalling critical section
 * (Documentation/driver-api/dma-buf.rst, "DMA Fence Cross-Driver Contract"): until hw_done, all that the
 * tail does may have to happen before the commit's out-fence can signal. lockdep then reports what in it
 * waits for something that may itself wait for a fence: a reservation lock, or an allocation that may
 * enter reclaim. The driver is not rebuilt for that: mode_config.helper_private is replaced at run time.
 *
 *	echo "FD MODE" >/sys/module/planestorm_annotate/parameters/device
 *
 * FD is the writer's open file of the device. MODE is
 *
 *	all	the section, as any driver would annotate it
 *	locks	allocations in it do not enter reclaim (PF_MEMALLOC), so that the first report, after
 *		which lockdep is silent, is one about locks
 *	off	as it was
 *
 * The write fails with EOPNOTSUPP if lockdep does not look: without CONFIG_PROVE_LOCKING, or after a
 * report. Reading says "MODE COUNT": so many tails ran to their end annotated while lockdep looked; it is
 * 0 as soon as lockdep does no more.
 */
#include <linux/atomic.h>
#include <linux/debug_locks.h>
#include <linux/dma-fence.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sched/mm.h>
#include <linux/string.h>

#include <drm/drm_atomic.h>
#include <drm/drm_atomic_helper.h>
#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_modeset_helper_vtables.h>

enum mode { MODE_OFF, MODE_ALL, MODE_LOCKS, MODES };

static const char *const mode_names[MODES] = {
	[MODE_OFF] = "off",
	[MODE_ALL] = "all",
	[MODE_LOCKS] = "locks",
};

/*
 * Of one device, the first one that was named, for good: commit_tail() reads helper_private without a
 * lock, so nobody can tell when the last tail is past it. For the same reason this module has no exit.
 */
static struct {
	enum mode mode;
	struct drm_device *dev;
	const struct drm_mode_config_helper_funcs *original; /* may be NULL */
	struct drm_mode_config_helper_funcs funcs;
	atomic_t tails;
} annotation;

struct section {
	enum mode mode;
	unsigned int flags;
	bool cookie;
};

static bool lockdep_looks(void)
{
	return IS_ENABLED(CONFIG_PROVE_LOCKING) && debug_locks;
}

static struct section section_begin(void)
{
	struct section section = { .mode = READ_ONCE(annotation.mode) };

	if (section.mode == MODE_LOCKS)
		section.flags = memalloc_noreclaim_save();
	if (section.mode != MODE_OFF)
		section.cookie = dma_fence_begin_signalling();
	return section;
}

static void section_end(const struct section *section)
{
	if (section->mode == MODE_OFF)
		return;
	dma_fence_end_signalling(section->cookie);
	if (section->mode == MODE_LOCKS)
		memalloc_noreclaim_restore(section->flags);
	if (lockdep_looks())
		atomic_inc(&annotation.tails);
}

/* The steps of drm_atomic_helper_commit_tail(). The out-fence does not need those after hw_done. */
static void annotate_default(struct drm_atomic_state *state)
{
	struct drm_device *dev = state->dev;
	struct section section = section_begin();

	drm_atomic_helper_commit_modeset_disables(dev, state);
	drm_atomic_helper_commit_planes(dev, state, 0);
	drm_atomic_helper_commit_modeset_enables(dev, state);
	drm_atomic_helper_fake_vblank(state);
	drm_atomic_helper_commit_hw_done(state);
	section_end(&section);
	drm_atomic_helper_wait_for_vblanks(dev, state);
	drm_atomic_helper_cleanup_planes(dev, state);
}

/* Those of drm_atomic_helper_commit_tail_rpm() */
static void annotate_rpm(struct drm_atomic_state *state)
{
	struct drm_device *dev = state->dev;
	struct section section = section_begin();

	drm_atomic_helper_commit_modeset_disables(dev, state);
	drm_atomic_helper_commit_modeset_enables(dev, state);
	drm_atomic_helper_commit_planes(dev, state, DRM_PLANE_COMMIT_ACTIVE_ONLY);
	drm_atomic_helper_fake_vblank(state);
	drm_atomic_helper_commit_hw_done(state);
	section_end(&section);
	drm_atomic_helper_wait_for_vblanks(dev, state);
	drm_atomic_helper_cleanup_planes(dev, state);
}

/*
 * A tail of the driver's own, as a whole: where its hw_done is, is not known, so what it does after that
 * counts, too.
 */
static void annotate_own(struct drm_atomic_state *state)
{
	struct section section = section_begin();

	annotation.original->atomic_commit_tail(state);
	section_end(&section);
}

/* The device of the file @fd, with a reference, or an error. */
static struct drm_device *device_get(int fd)
{
	struct file *file = fget(fd);
	struct drm_device *dev = ERR_PTR(-ENOTTY);
	const struct drm_file *drm;

	if (!file)
		return ERR_PTR(-EBADF);
	if (file->f_op->open == drm_open) {
		drm = file->private_data;
		dev = drm->minor->dev;
		drm_dev_get(dev);
	}
	fput(file);
	return dev;
}

/* Takes the reference to @dev, and one to its driver, unless it fails. */
static int adopt(struct drm_device *dev)
{
	const struct drm_mode_config_helper_funcs *original = dev->mode_config.helper_private;

	if (!try_module_get(dev->driver->fops->owner))
		return -ENODEV;
	annotation.original = original;
	if (original)
		annotation.funcs = *original;
	if (!original || !original->atomic_commit_tail ||
	    original->atomic_commit_tail == drm_atomic_helper_commit_tail)
		annotation.funcs.atomic_commit_tail = annotate_default;
	else if (original->atomic_commit_tail == drm_atomic_helper_commit_tail_rpm)
		annotation.funcs.atomic_commit_tail = annotate_rpm;
	else
		annotation.funcs.atomic_commit_tail = annotate_own;
	annotation.dev = dev;
	return 0;
}

static void apply(enum mode mode)
{
	atomic_set(&annotation.tails, 0);
	WRITE_ONCE(annotation.mode, mode);
	smp_store_release(&annotation.dev->mode_config.helper_private,
			  mode == MODE_OFF ? annotation.original : &annotation.funcs);
}

static int annotate(int fd, enum mode mode)
{
	struct drm_device *dev = device_get(fd);
	int ret = 0;

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	if (annotation.dev == dev)
		drm_dev_put(dev);
	else if (annotation.dev)
		ret = -EBUSY;
	else
		ret = adopt(dev);
	if (!ret)
		apply(mode);
	else
		drm_dev_put(dev);
	return ret;
}

/* The parameter's lock is held. */
static int device_set(const char *text, const struct kernel_param *param)
{
	char word[8];
	int fd, mode;

	if (sscanf(text, "%d %7s", &fd, word) != 2)
		return -EINVAL;
	mode = match_string(mode_names, MODES, word);
	if (mode < 0)
		return -EINVAL;
	if (mode != MODE_OFF && !lockdep_looks())
		return -EOPNOTSUPP;
	return annotate(fd, mode);
}

static int device_show(char *text, const struct kernel_param *param)
{
	int tails = lockdep_looks() ? atomic_read(&annotation.tails) : 0;

	return sysfs_emit(text, "%s %d\n", mode_names[annotation.mode], tails);
}

static const struct kernel_param_ops device_ops = {
	.set = device_set,
	.get = device_show,
};
module_param_cb(device, &device_ops, NULL, 0600);
MODULE_PARM_DESC(device, "\"FD all|locks|off\": annotate the commit tail of this open DRM device");

static int __init annotate_init(void)
{
	return 0;
}
module_init(annotate_init);

MODULE_DESCRIPTION("planestorm: annotates the tail of atomic commits for lockdep");
MODULE_LICENSE("GPL");
