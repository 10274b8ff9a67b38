/* SPDX-License-Identifier: MIT */
/*
 * Bad input to what user space does with fences, one mistake at a time, each of which the kernel must refuse and nothing may
 * come of. The words are those of `misuse CASE` lines; what each must return their program says.
 */
#ifndef PLANESTORM_MISUSE_H
#define PLANESTORM_MISUSE_H

/* The constant and the word of each, in the order of compositor/fence/misuse.c. */
#define MISUSES(X)                                                                                 \
	/* a commit's in-fence */                                                                  \
	X(IN_FILE, "in-file")	  /* no sync file */                                               \
	X(IN_DEVICE, "in-device") /* the device itself */                                          \
	X(IN_OBJECT, "in-object") /* a sync object's descriptor */                                 \
	X(IN_CLOSED, "in-closed") /* a descriptor that is closed */                                \
	X(IN_HUGE, "in-huge")	  /* more than a descriptor's 32 bits */                           \
	X(IN_NEGATIVE, "in-negative")                                                              \
	X(IN_TWICE, "in-twice")	    /* two for one plane */                                        \
	X(IN_ON_CRTC, "in-on-crtc") /* a property that a CRTC does not have */                     \
	/* its out-fence */                                                                        \
	X(OUT_NULL, "out-null") /* no pointer asks for no fence */                                 \
	X(OUT_UNMAPPED, "out-unmapped")                                                            \
	X(OUT_READ_ONLY, "out-read-only")                                                          \
	X(OUT_ON_PLANE, "out-on-plane")                                                            \
	/* sync objects */                                                                         \
	X(CREATE_FLAGS, "create-flags")                                                            \
	X(DESTROY_NONE, "destroy-none") /* no such handle */                                       \
	X(DESTROY_PAD, "destroy-pad")                                                              \
	X(EXPORT_NONE, "export-none")                                                              \
	X(EXPORT_FLAGS, "export-flags")                                                            \
	X(EXPORT_FENCE_NONE, "export-fence-none")                                                  \
	X(EXPORT_FENCE_EMPTY, "export-fence-empty") /* it has no fence */                          \
	X(IMPORT_CLOSED, "import-closed")                                                          \
	X(IMPORT_FILE, "import-file")                                                              \
	X(IMPORT_FENCE, "import-fence") /* a sync file, as a sync object */                        \
	X(IMPORT_FLAGS, "import-flags")                                                            \
	X(IMPORT_FENCE_NONE, "import-fence-none")                                                  \
	X(IMPORT_FENCE_CLOSED, "import-fence-closed")                                              \
	X(IMPORT_FENCE_OBJECT, "import-fence-object") /* a sync object, as a sync file */          \
	X(WAIT_NONE, "wait-none")                                                                  \
	X(WAIT_FOREIGN, "wait-foreign") /* another open file's handle */                           \
	X(WAIT_EMPTY, "wait-empty")                                                                \
	X(WAIT_FLAGS, "wait-flags")                                                                \
	X(WAIT_UNMAPPED, "wait-unmapped") /* no handles there */                                   \
	X(WAIT_NOTHING, "wait-nothing")	  /* for no handle at all, which is over at once */        \
	X(TIMELINE_WAIT_FLAGS, "timeline-wait-flags")                                              \
	X(TIMELINE_WAIT_AHEAD, "timeline-wait-ahead") /* a point that there is none of */          \
	X(TIMELINE_WAIT_UNMAPPED, "timeline-wait-unmapped")                                        \
	X(DEADLINE_PAST, "deadline-past") /* before the machine was started */                     \
	X(DEADLINE_FAR, "deadline-far")	  /* in 292 years, of a point that is signalled */         \
	X(TRANSFER_FROM_NONE, "transfer-from-none")                                                \
	X(TRANSFER_TO_NONE, "transfer-to-none")                                                    \
	X(TRANSFER_EMPTY, "transfer-empty")                                                        \
	X(TRANSFER_AHEAD, "transfer-ahead")                                                        \
	X(TRANSFER_FLAGS, "transfer-flags")                                                        \
	X(TRANSFER_PAD, "transfer-pad")                                                            \
	X(SIGNAL_NONE, "signal-none")                                                              \
	X(SIGNAL_NOTHING, "signal-nothing")                                                        \
	X(SIGNAL_FLAGS, "signal-flags")                                                            \
	X(SIGNAL_UNMAPPED, "signal-unmapped")                                                      \
	X(SIGNAL_ZERO, "signal-zero") /* point 0, of a sync object of its own */                   \
	X(SIGNAL_BACK, "signal-back") /* a point below the last; the same */                       \
	X(SIGNAL_LAST, "signal-last") /* the last of 64 bits, and one behind it */                 \
	X(QUERY_NONE, "query-none")                                                                \
	X(QUERY_NOTHING, "query-nothing")                                                          \
	X(QUERY_FLAGS, "query-flags")                                                              \
	X(QUERY_UNMAPPED, "query-unmapped")                                                        \
	X(RESET_NONE, "reset-none")                                                                \
	X(RESET_NOTHING, "reset-nothing")                                                          \
	X(RESET_PAD, "reset-pad")                                                                  \
	X(EVENTFD_NONE, "eventfd-none")                                                            \
	X(EVENTFD_FILE, "eventfd-file")                                                            \
	X(EVENTFD_CLOSED, "eventfd-closed")                                                        \
	X(EVENTFD_FLAGS, "eventfd-flags")                                                          \
	X(EVENTFD_PAD, "eventfd-pad")                                                              \
	/* sync files and reservation objects */                                                   \
	X(MERGE_FILE, "merge-file")                                                                \
	X(MERGE_CLOSED, "merge-closed")                                                            \
	X(MERGE_FLAGS, "merge-flags")                                                              \
	X(INFO_FLAGS, "info-flags")                                                                \
	X(INFO_UNMAPPED, "info-unmapped")                                                          \
	X(ATTACH_CLOSED, "attach-closed")                                                          \
	X(ATTACH_FILE, "attach-file")                                                              \
	X(ATTACH_FLAGS, "attach-flags")                                                            \
	X(ATTACH_NOTHING, "attach-nothing") /* neither to read nor to write */                     \
	X(EXTRACT_FLAGS, "extract-flags")

#define MISUSE_CONSTANT(name, word) MISUSE_##name,
enum misuse_case { MISUSES(MISUSE_CONSTANT) MISUSE_CASES };
#undef MISUSE_CONSTANT

/* "in-file", ... */
const char *misuse_word(enum misuse_case which);

/* The case that @word stands for, or -1. */
int misuse_by_word(const char *word);

#endif
