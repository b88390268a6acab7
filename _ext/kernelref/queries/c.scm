; What the index reads from C, after blanking (see resolvers/index/blank.py).
; Preprocessor lines are not here: they are lines, not C, and are read by their own grammar.

; Definitions -----------------------------------------------------------------

(function_definition declarator: (_) body: (_)) @function

(struct_specifier name: (type_identifier) body: (_)) @struct
(union_specifier name: (type_identifier) body: (_)) @union
(enum_specifier name: (type_identifier) body: (_)) @enum
(enumerator) @enumerator
(type_definition) @typedef

; Calls -----------------------------------------------------------------------

(call_expression function: (identifier) @call)
; ``(name)(x)`` is a cast as a rule, and not read as a call.
(call_expression function: (field_expression field: (field_identifier) @call.field))
(call_expression
  function: (parenthesized_expression
    (pointer_expression argument: (identifier) @call.pointer)))
(call_expression
  function: (parenthesized_expression
    (pointer_expression argument: (field_expression field: (field_identifier) @call.field))))
; A call of one argument that parses as a cast or a declaration.
(declaration
  type: (type_identifier) @call.declaration
  declarator: (parenthesized_declarator))
(macro_type_specifier name: (identifier) @call.type)

; Names that hold what is called ----------------------------------------------

(declaration declarator: (identifier) @local)
(init_declarator declarator: (identifier) @local)
(pointer_declarator declarator: (identifier) @local)
(array_declarator declarator: (identifier) @local)

(argument_list (identifier) @argument)
(argument_list (pointer_expression argument: (identifier) @argument))

; Operation tables, and fields that are set ---------------------------------------

(initializer_pair
  designator: (field_designator)
  value: [
    (identifier) (pointer_expression) (cast_expression) (conditional_expression)
    (parenthesized_expression) (call_expression)
  ]) @table
(assignment_expression
  left: (field_expression)
  right: [
    (identifier) (pointer_expression) (cast_expression) (conditional_expression)
    (parenthesized_expression)
  ]) @assign
