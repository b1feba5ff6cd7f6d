# Extensions.

addons = Produtos adicionais
assign = Atribuir
assign-device = Atribuir aparelho
assign-device-about = O telefone é configurado automaticamente. Pode ficar vazio e ser feito depois.
block = Bloquear
block-or-remove = Bloquear ou remover
count-extensions = { $count ->
    [one] { $count } ramal
   *[other] { $count } ramais
}
device-name = Nome do aparelho
done-extension-added = O ramal foi criado.
done-extension-blocked = O ramal está bloqueado.
done-extension-removed = O ramal foi removido; sua vaga está livre.
done-extension-unblocked = O ramal funciona novamente.
done-line-assigned = A linha foi atribuída. O telefone a recebe na próxima busca.
done-line-released = A linha está livre.
effect-no-phones = Nenhum telefone usa este ramal, então nenhum recebe outro arquivo.
effect-phones = { $count ->
    [one] Salvar dá a { $count } telefone outro arquivo; ele é chamado a buscá-lo.
   *[other] Salvar dá a { $count } telefones outro arquivo; eles são chamados a buscá-lo.
}
extension = Ramal
extension-add = Adicionar ramal
extension-block-about = Um ramal bloqueado mantém sua vaga; seus telefones perdem a linha na próxima busca. Remover libera a vaga.
extension-name = Nome
extension-number = Número do ramal
extension-remove = Remover ramal
extension-remove-ask = { $count ->
    [0] Remover o ramal { $number }? Sua vaga fica livre e sua conta SIP deixa de existir.
    [one] Remover o ramal { $number }? { $count } linha que o usa é liberada, sua vaga fica livre e sua conta SIP deixa de existir.
   *[other] Remover o ramal { $number }? { $count } linhas que o usam são liberadas, sua vaga fica livre e sua conta SIP deixa de existir.
}
extensions-with-phones = { $count } com telefone
extensions-without-phones = { $count } sem
hint-device-name = De um aparelho novo; vazio, é formado por fabricante e endereço MAC.
hint-mac = No verso do telefone, por exemplo 80:5E:C0:00:01:01. Escolha um dos seus aparelhos ou digite um novo.
hint-mac-known = Um dos seus aparelhos, por endereço MAC ou nome.
hint-product = Após cada produto: usado / limite. O que está esgotado não pode ser escolhido.
line-after-mac = Após o endereço MAC
line-release = Liberar
line-release-ask = Liberar esta linha? O telefone a perde na próxima busca e a senha SIP é renovada.
main-product = Produto principal
model-shows-itself = O telefone o mostra por si só
no-addons = A licença não tem produto adicional para ramais.
no-extensions = Ainda não há ramais.
no-phone-carries = Nenhum telefone o usa ainda.
phones-of-extension = Telefones que o usam
reveal = Mostrar
search-extensions = Número, nome ou produto
sip-account = Conta SIP
sip-password = Senha SIP
sip-user = Usuário SIP
tab-device = Aparelho
tab-extension = Ramal
tab-plan = Plano
unblock = Desbloquear
effect-nothing = Os arquivos dos telefones ficam como estão.
